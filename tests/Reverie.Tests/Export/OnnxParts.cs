using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace Reverie.Tests.Export;

/// <summary>Looks into ONNX files, and changes them, by the numbers of their fields.</summary>
internal static class OnnxParts
{
    private const int Graph = 7, Node = 1, OperatorType = 4, Metadata = 14;
    private const int ChecksumEntry = 1 + 1 + 1 + 1 + 8 + 1 + 1 + 64;

    /// <summary>Names of the operators that a file uses.</summary>
    public static IEnumerable<string> Operators(byte[] file) =>
        from graph in Fields(file, Graph)
        from node in Fields(graph, Node)
        from name in Fields(node, OperatorType)
        select Encoding.UTF8.GetString(name);

    /// <summary>Where the first entry of the metadata begins.</summary>
    public static int MetadataAt(byte[] file) => file.Length
        - Fields(file, Metadata).Sum(entry => 1 + CodedOutputStream.ComputeLengthSize(entry.Length) + entry.Length);

    /// <summary>The file with one short entry of the metadata changed, and a checksum that fits.</summary>
    public static byte[] Replaced(byte[] file, string key, string value, string by)
    {
        var entry = Entry(key, value);
        var at = file.AsSpan().LastIndexOf(entry);
        byte[] changed = [.. file[..at], .. Entry(key, by), .. file[(at + entry.Length)..]];
        var sum = Convert.ToHexStringLower(SHA256.HashData(changed.AsSpan(0, changed.Length - ChecksumEntry)));
        Encoding.ASCII.GetBytes(sum).CopyTo(changed, changed.Length - sum.Length);
        return changed;
    }

    private static byte[] Entry(string key, string value)
    {
        var (name, text) = (Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        byte[] inner = [10, (byte)name.Length, .. name, 18, (byte)text.Length, .. text];
        return [8 * Metadata + 2, (byte)inner.Length, .. inner];
    }

    private static List<byte[]> Fields(byte[] message, int field)
    {
        using var input = new CodedInputStream(message);
        var found = new List<byte[]>();
        while (input.ReadTag() is var tag and not 0)
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                found.Add(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        return found;
    }
}
