using System.Runtime.InteropServices;
using Reverie.Export.Onnx;
using Reverie.Torch;

namespace Reverie.Export;

/// <summary>Puts a traced graph into operators of ONNX: each call becomes a few nodes (<see cref="Operators"/>), what does not
/// depend on the inputs becomes a constant, what no output needs is left out.</summary>
internal sealed class GraphWriter
{
    private readonly Dictionary<SymbolicValue, string> names = [];
    private readonly Dictionary<string, string> constants = [];
    private readonly List<OnnxNode> nodes = [];
    private readonly List<OnnxTensor> tensors = [];
    private readonly List<OnnxValue> inputs = [];
    private readonly List<RandomInput> random = [];
    private string? rows;
    private int made;

    private GraphWriter()
    {
    }

    /// <summary>The graph of ONNX that computes the same.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="graph">As it was traced.</param>
    /// <param name="random">What stands for its random numbers, where it draws any: inputs of the graph.</param>
    /// <exception cref="ReverieException">It calls an operator that is not in <see cref="Operators"/>.</exception>
    public static OnnxGraph Write(string name, SymbolicGraph graph, out IReadOnlyList<RandomInput> random)
    {
        var writer = new GraphWriter();
        var needed = Needed(graph);
        foreach (var (given, value) in graph.Inputs)
        {
            if (value.IsEmpty || !needed.Contains(value)) continue;
            writer.names[value] = given;
            writer.inputs.Add(new(given, value.DType, value.Shape));
        }
        foreach (var call in graph.Calls)
            if (!call.IsConstant && Array.Exists(call.Results, needed.Contains))
                Operators.Write(new CallWriter(writer, call));
        List<OnnxValue> outputs = [];
        foreach (var (given, value) in graph.Outputs)
        {
            if (value.IsEmpty) continue;
            writer.nodes.Add(new("Identity", [writer.NameOf(value)], [given], []));
            outputs.Add(new(given, value.DType, value.Shape));
        }
        random = writer.random;
        return new(name, writer.nodes, writer.tensors, [.. writer.inputs, .. writer.random.Select(one => one.Value)], outputs);
    }

    /// <summary>Adds a node of one output.</summary>
    public string Add(string op, string[] inputs, params OnnxAttribute[] attributes) => AddMany(op, inputs, 1, attributes)[0];

    /// <summary>Adds a node of several outputs.</summary>
    public string[] AddMany(string op, string[] inputs, int outputs, params OnnxAttribute[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => $"{op.ToLowerInvariant()}_{made++}")];
        nodes.Add(new(op, inputs, names, attributes));
        return names;
    }

    /// <summary>A constant of float32, of shape ().</summary>
    public string Float(double value) => Constant(DType.Float32, [], BitConverter.GetBytes((float)value));

    /// <summary>A constant of int64, of shape (n).</summary>
    public string Longs(params long[] values) =>
        Constant(DType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Any constant; the same one is kept once.</summary>
    public string Constant(DType dtype, long[] shape, byte[] elements)
    {
        var key = $"{dtype} {string.Join(',', shape)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(elements))}";
        if (constants.TryGetValue(key, out var known)) return known;
        var name = $"constant_{tensors.Count}";
        tensors.Add(new(name, dtype, shape, elements));
        return constants[key] = name;
    }

    /// <summary>Sizes as int64 (n), computed from the rows where they depend on them.</summary>
    public string Sizes(Dim[] sizes)
    {
        if (!Array.Exists(sizes, size => size.IsPerRow)) return Longs([.. sizes.Select(size => size.Factor)]);
        string[] parts = [.. sizes.Select(size => !size.IsPerRow ? Longs(size.Factor)
            : size.Factor == 1 ? Rows : Add("Mul", [Rows, Longs(size.Factor)]))];
        return parts.Length == 1 ? parts[0] : Add("Concat", parts, new OnnxAttribute("axis", 0L));
    }

    /// <summary>What a value is called; a constant comes into the graph with its first use.</summary>
    public string NameOf(SymbolicValue value)
    {
        if (names.TryGetValue(value, out var known)) return known;
        if (!value.IsConstant || Array.Exists(value.Shape, size => size.IsPerRow))
            throw new ConfigurationException("the agent's step takes a tensor with a row each that is no input of the graph");
        return names[value] = Constant(value.DType, value.Traced.Shape, value.Traced.Elements());
    }

    /// <summary>Says what a value is called.</summary>
    public void Set(SymbolicValue value, string name) => names[value] = name;

    /// <summary>An input that stands for random numbers.</summary>
    public string AddRandom(string distribution, Dim[] shape)
    {
        var name = random.Count == 0 ? "noise" : $"noise_{random.Count + 1}";
        random.Add(new(new(name, DType.Float32, shape), distribution));
        return name;
    }

    private string Rows
    {
        get
        {
            if (rows is not null) return rows;
            var input = inputs.First(one => one.Shape.Count > 0 && one.Shape[0] == new Dim(1, true));
            var shape = Add("Shape", [input.Name]);
            return rows = Add("Slice", [shape, Longs(0), Longs(1), Longs(0)]);
        }
    }

    private static HashSet<SymbolicValue> Needed(SymbolicGraph graph)
    {
        var needed = graph.Outputs.Select(output => output.Value).Where(value => !value.IsEmpty).ToHashSet();
        foreach (var call in Enumerable.Reverse(graph.Calls))
            if (!call.IsConstant && Array.Exists(call.Results, needed.Contains))
                needed.UnionWith(call.Inputs.Where(input => !input.IsEmpty));
        return needed;
    }
}
