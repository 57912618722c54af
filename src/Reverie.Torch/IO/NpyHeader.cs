using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Reverie.Torch.IO;

/// <summary>What an npy file says of itself before its elements: magic, version, and a Python dictionary.</summary>
/// <param name="Descr">The type as numpy writes it, <c>&lt;f4</c>; of a structure, its fields.</param>
/// <param name="Fortran">Whether the first index runs fastest.</param>
/// <param name="Shape">Extents; none for a scalar.</param>
/// <param name="Count">Elements: the product of the extents, at most <see cref="Array.MaxLength"/>.</param>
/// <param name="Length">Bytes before the first element.</param>
internal sealed partial record NpyHeader(string Descr, bool Fortran, int[] Shape, int Count, int Length)
{
    // numpy itself reads no more than 10,000 unless it is told to trust the file.
    private const int LongestText = 1 << 16, MagicLength = 6;

    /// <summary>How every npy file begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The type of the elements; null for one that is not read here.</summary>
    public NpyType? Type => Descr.Length > 2 && "<>=|".Contains(Descr[0]) ? NpyType.Of(Descr[1..]) : null;

    /// <summary>Whether the bytes of an element stand the other way round.</summary>
    public bool BigEndian => Descr[0] == '>';

    /// <summary>The type, demanded.</summary>
    /// <exception cref="InvalidDataException">It is none of those that are read here.</exception>
    public NpyType Demanded => Type ?? throw new InvalidDataException($"holds {What}; save it as plain numbers of "
        + "bool, int8 to int64, uint8 to uint64, float16, float32 or float64");

    private string What => Descr.TrimStart('<', '>', '=', '|') switch
    {
        ['[', ..] => "structures",
        ['O', ..] => "Python objects",
        ['U' or 'S' or 'a', ..] => "text",
        ['M' or 'm', ..] => "times",
        ['c', ..] => "complex numbers",
        "f16" or "f12" => "long doubles, which every machine has otherwise",
        _ => $"the type '{OneLine.Of(Descr)}'",
    };

    /// <summary>Reads it from the beginning of a stream, and not a byte more.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is broken.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before it does.</exception>
    public static NpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[MagicLength + 6];
        var narrow = start[..(MagicLength + 4)];
        if (stream.ReadAtLeast(narrow, narrow.Length, throwOnEndOfStream: false) < narrow.Length
            || !narrow.StartsWith(Magic))
            throw new InvalidDataException("is not in npy format");
        var wide = start[MagicLength] >= 2;
        if (wide)
            stream.ReadExactly(start[narrow.Length..]);
        var length = wide
            ? BinaryPrimitives.ReadUInt32LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[MagicLength] is 0 or > 3 || length > LongestText)
            throw new InvalidDataException("has a broken npy header");
        var text = new byte[length];
        stream.ReadExactly(text);
        return Parse(Encoding.UTF8.GetString(text), (wide ? start.Length : narrow.Length) + text.Length);
    }

    private static NpyHeader Parse(string text, int length)
    {
        var match = Dictionary().Match(text);
        if (!match.Success)
            throw new InvalidDataException("has a broken npy header");
        var written = match.Groups["shape"].Value;
        var shape = new List<int>();
        var count = 1L;
        foreach (var part in written.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Python 2 wrote 20L.
            if (!int.TryParse(part.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var extent)
                || (count *= extent) > Array.MaxLength || shape.Count == 32)
                throw new InvalidDataException("has an impossible shape ("
                    + (written.Length > 60 ? written[..60] + " …" : written) + ")");
            shape.Add(extent);
        }
        return new(match.Groups["descr"].Value, match.Groups["order"].Value == "True", [.. shape], (int)count, length);
    }

    // numpy writes the keys in this order; the format asks writers to sort them.
    [GeneratedRegex(@"^\s*\{\s*'descr'\s*:\s*(?:'(?<descr>[^']+)'|(?<descr>\[.*\]))\s*,\s*'fortran_order'\s*:\s*"
        + @"(?<order>True|False)\s*,\s*'shape'\s*:\s*\((?<shape>[\dL\s,]*)\)\s*,?\s*\}\s*$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Dictionary();
}
