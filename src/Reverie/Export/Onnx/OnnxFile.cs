using System.Security.Cryptography;
using Google.Protobuf;
using Reverie.Torch;

namespace Reverie.Export.Onnx;

/// <summary>
/// Writes graphs as ONNX files. Messages are put together field by field: of the schema a few dozen fields are needed,
/// whose numbers stand here.
/// </summary>
/// <remarks>The last entry of the metadata is a checksum, SHA-256 in hexadecimal, of every byte before that entry.
/// </remarks>
internal static class OnnxFile
{
    /// <summary>The last set of operators that all versions of Unity's Inference Engine take (7 to 15; 2.6 and later take
    /// 25), and that every ONNX Runtime since 1.10 has.</summary>
    public const int OperatorSet = 15;

    /// <summary>Key of the last entry of the metadata.</summary>
    public const string ChecksumKey = "checksum";

    private const int FormatVersion = 8;        // of ONNX 1.10 to 1.12, the first with operator set 15
    private const int Float = 1, UInt8 = 2, Int32 = 6, Int64 = 7, Bool = 9, Double = 11;    // TensorProto.DataType
    private const int AttributeFloat = 1, AttributeInt = 2, AttributeInts = 7;              // AttributeProto.AttributeType

    /// <summary>The bytes of a file.</summary>
    /// <param name="graph">What it computes.</param>
    /// <param name="producer">Version of this program.</param>
    /// <param name="metadata">What else it is to say, by key.</param>
    /// <exception cref="DataException">It would be larger than a file of this format can be.</exception>
    public static byte[] Bytes(OnnxGraph graph, string producer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        if (graph.Tensors.Sum(tensor => (long)tensor.Elements.Length) > int.MaxValue / 2)
            throw new DataException($"{graph.Name}: the parameters take more than 1 GB, which an ONNX file cannot hold in one "
                + "piece; export a smaller agent");
        using var file = new MemoryStream();
        Write(file, model =>
        {
            Number(model, 1, FormatVersion);
            Text(model, 2, "Reverie");
            Text(model, 3, producer);
            Message(model, 7, inner => Graph(inner, graph));
            Message(model, 8, set => { Text(set, 1, ""); Number(set, 2, OperatorSet); });
            foreach (var (key, value) in metadata) Entry(model, key, value);
        });
        var sum = Convert.ToHexStringLower(SHA256.HashData(file.GetBuffer().AsSpan(0, (int)file.Length)));
        Write(file, model => Entry(model, ChecksumKey, sum));
        return file.ToArray();
    }

    private static void Graph(CodedOutputStream to, OnnxGraph graph)
    {
        foreach (var node in graph.Nodes) Message(to, 1, inner => Node(inner, node));
        Text(to, 2, graph.Name);
        foreach (var tensor in graph.Tensors) Message(to, 5, inner => Tensor(inner, tensor));
        foreach (var value in graph.Inputs) Message(to, 11, inner => Value(inner, value));
        foreach (var value in graph.Outputs) Message(to, 12, inner => Value(inner, value));
    }

    private static void Node(CodedOutputStream to, OnnxNode node)
    {
        foreach (var name in node.Inputs) Text(to, 1, name);
        foreach (var name in node.Outputs) Text(to, 2, name);
        Text(to, 3, node.Outputs[0]);
        Text(to, 4, node.Operator);
        foreach (var attribute in node.Attributes)
            Message(to, 5, inner =>
            {
                Text(inner, 1, attribute.Name);
                switch (attribute.Value)
                {
                    case float real:
                        inner.WriteTag(2, WireFormat.WireType.Fixed32);
                        inner.WriteFloat(real);
                        Number(inner, 20, AttributeFloat);
                        break;
                    case long whole:
                        Number(inner, 3, whole);
                        Number(inner, 20, AttributeInt);
                        break;
                    case long[] many:
                        foreach (var each in many) Number(inner, 8, each);
                        Number(inner, 20, AttributeInts);
                        break;
                    default:
                        throw new NotSupportedException($"an attribute of {attribute.Value.GetType()}");
                }
            });
    }

    private static void Tensor(CodedOutputStream to, OnnxTensor tensor)
    {
        foreach (var size in tensor.Shape) Number(to, 1, size);
        Number(to, 2, TypeOf(tensor.DType));
        Text(to, 8, tensor.Name);
        to.WriteTag(9, WireFormat.WireType.LengthDelimited);
        to.WriteBytes(UnsafeByteOperations.UnsafeWrap(tensor.Elements));
    }

    private static void Value(CodedOutputStream to, OnnxValue value)
    {
        Text(to, 1, value.Name);
        Message(to, 2, type => Message(type, 1, tensor =>
        {
            Number(tensor, 1, TypeOf(value.DType));
            Message(tensor, 2, shape =>
            {
                foreach (var size in value.Shape)
                    Message(shape, 1, dim =>
                    {
                        if (size.IsPerRow) Text(dim, 2, size.Factor == 1 ? "rows" : $"{size.Factor}*rows");
                        else Number(dim, 1, size.Factor);
                    });
            });
        }));
    }

    private static int TypeOf(DType dtype) => dtype switch
    {
        DType.Float32 => Float,
        DType.UInt8 => UInt8,
        DType.Int32 => Int32,
        DType.Int64 => Int64,
        DType.Bool => Bool,
        DType.Float64 => Double,
        _ => throw new NotSupportedException($"elements of type {dtype} in a graph"),
    };

    /// <summary>What <see cref="TypeOf"/> is called by the operator Cast.</summary>
    internal static long CastTo(DType dtype) => TypeOf(dtype);

    private static void Entry(CodedOutputStream to, string key, string value) =>
        Message(to, 14, entry => { Text(entry, 1, key); Text(entry, 2, value); });

    private static void Number(CodedOutputStream to, int field, long value)
    {
        to.WriteTag(field, WireFormat.WireType.Varint);
        to.WriteInt64(value);
    }

    private static void Text(CodedOutputStream to, int field, string value)
    {
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteString(value);
    }

    private static void Message(CodedOutputStream to, int field, Action<CodedOutputStream> content)
    {
        using var room = new MemoryStream();
        Write(room, content);
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteBytes(UnsafeByteOperations.UnsafeWrap(room.GetBuffer().AsMemory(0, (int)room.Length)));
    }

    private static void Write(Stream to, Action<CodedOutputStream> content)
    {
        using var coded = new CodedOutputStream(to, leaveOpen: true);
        content(coded);
    }
}
