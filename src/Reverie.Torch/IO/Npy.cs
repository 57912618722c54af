using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Reverie.Torch.IO;

/// <summary>
/// The npy format: magic, version, a Python dictionary literal padded to 64 bytes, raw elements. Written as version
/// 1.0; read as 1.0, 2.0 and 3.0. Source: numpy, "NEP 1" and numpy.lib.format.
/// </summary>
public static partial class Npy
{
    private const int Alignment = 64;
    private const int MagicLength = 6;
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static readonly (string Code, Type Type, int Size)[] Types =
    [
        ("|b1", typeof(bool), 1), ("|u1", typeof(byte), 1), ("<f4", typeof(float), 4),
        ("<f8", typeof(double), 8), ("<i4", typeof(int), 4), ("<i8", typeof(long), 8),
    ];

    /// <summary>The array as the bytes of an npy file.</summary>
    public static void Write(Stream stream, NpyArray array)
    {
        var shape = string.Join(", ", array.Shape.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        var comma = array.Shape.Count == 1 ? "," : "";
        var code = Types.First(t => t.Type == array.ElementType).Code;
        var text = $"{{'descr': '{code}', 'fortran_order': False, 'shape': ({shape}{comma}), }}";
        var start = MagicLength + 4;
        var length = (start + text.Length + 1 + Alignment - 1) / Alignment * Alignment - start;
        Span<byte> prefix = stackalloc byte[start];
        Magic.CopyTo(prefix);
        prefix[6] = 1;
        prefix[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], checked((ushort)length));
        stream.Write(prefix);
        stream.Write(Encoding.Latin1.GetBytes(text.PadRight(length - 1) + "\n"));
        stream.Write(BytesOf(array.Data));
    }

    /// <summary>Reads the bytes of an npy file.</summary>
    /// <exception cref="InvalidDataException">They are none, are cut short, or hold a type not supported.</exception>
    public static NpyArray Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MagicLength + 4 || !bytes[..MagicLength].SequenceEqual(Magic))
        {
            throw new InvalidDataException("is not in npy format");
        }
        var wide = bytes[6] >= 2;
        var start = MagicLength + (wide ? 6 : 4);
        var length = wide && bytes.Length >= start
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (bytes[6] is 0 or > 3 || bytes.Length - start < length)
        {
            throw new InvalidDataException("has a broken npy header");
        }
        var header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        return Parse(header, bytes[(start + (int)length)..]);
    }

    internal static bool IsSupported(Type type) => Types.Any(t => t.Type == type);

    private static NpyArray Parse(string header, ReadOnlySpan<byte> data)
    {
        var match = Header().Match(header);
        if (!match.Success)
        {
            throw new InvalidDataException("has a broken npy header");
        }
        var code = match.Groups["descr"].Value;
        var (_, type, size) = Types.FirstOrDefault(t => t.Code[1..] == code[1..] && (code[0] != '>' || t.Size == 1));
        if (type is null)
        {
            throw new InvalidDataException($"holds npy type '{code}', which is not supported");
        }
        if (match.Groups["order"].Value == "True")
        {
            throw new InvalidDataException("is in Fortran order, which is not supported");
        }
        var shape = new List<int>();
        var count = 1L;
        foreach (var part in match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries
            | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent)
                || (count *= extent) > Array.MaxLength)
            {
                throw new InvalidDataException($"has an impossible shape ({match.Groups["shape"].Value})");
            }
            shape.Add(extent);
        }
        if (data.Length != count * size)
        {
            throw new InvalidDataException($"has {data.Length} bytes of data where {count * size} are due");
        }
        var array = Array.CreateInstance(type, (int)count);
        data.CopyTo(BytesOf(array));
        return new NpyArray(array, [.. shape]);
    }

    private static Span<byte> BytesOf(Array array) => array switch
    {
        bool[] a => MemoryMarshal.AsBytes(a.AsSpan()),
        float[] a => MemoryMarshal.AsBytes(a.AsSpan()),
        double[] a => MemoryMarshal.AsBytes(a.AsSpan()),
        int[] a => MemoryMarshal.AsBytes(a.AsSpan()),
        long[] a => MemoryMarshal.AsBytes(a.AsSpan()),
        _ => (byte[])array,
    };

    // numpy writes the keys in this order; the format asks writers to sort them.
    [GeneratedRegex(@"^\s*\{\s*'descr'\s*:\s*'(?<descr>[<>|=][a-zA-Z]\d+)'\s*,\s*'fortran_order'\s*:\s*"
        + @"(?<order>True|False)\s*,\s*'shape'\s*:\s*\((?<shape>[\d\s,]*)\)\s*,?\s*\}\s*$")]
    private static partial Regex Header();
}
