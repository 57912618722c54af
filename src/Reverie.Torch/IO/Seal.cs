using System.IO.Hashing;
using System.Text;

namespace Reverie.Torch.IO;

/// <summary>
/// The checksum that a file of settings or facts carries of itself, as the last thing in it: in JSON the key
/// <c>crc32</c>, in YAML a comment. One changed byte, of the text or of the checksum, is noticed.
/// </summary>
/// <remarks>A file of its own would not do: no two files are replaced at once, so a process that dies between them
/// would leave a run that looks damaged. Files of versions that did not write it have none, and cannot be verified.</remarks>
internal static class Seal
{
    private const string InJson = ",\n  \"crc32\": \"", InYaml = "# crc32: ";

    /// <summary>A JSON object, written indented, with its checksum.</summary>
    public static byte[] Json(ReadOnlySpan<byte> text) =>
        [.. text[..^2], .. Encoding.ASCII.GetBytes($"{InJson}{Crc32.HashToUInt32(text):x8}\"\n}}")];

    /// <summary>A text of whole lines with its checksum.</summary>
    public static byte[] Yaml(ReadOnlySpan<byte> text) =>
        [.. text, .. Encoding.ASCII.GetBytes($"{InYaml}{Crc32.HashToUInt32(text):x8}\n")];

    /// <summary>Takes the checksum of a JSON object off.</summary>
    /// <returns>the text that it is of, and whether there was one</returns>
    /// <exception cref="InvalidDataException">The text is not the one it is of.</exception>
    public static (byte[] Text, bool Sealed) OpenJson(byte[] file)
    {
        var place = file.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(InJson));
        return place < 0 ? (file, false) : Demanded([.. file[..place], .. "\n}"u8], file, text => Json(text));
    }

    /// <summary>Takes the checksum of a text of lines off.</summary>
    /// <inheritdoc cref="OpenJson"/>
    public static (byte[] Text, bool Sealed) OpenYaml(byte[] file)
    {
        var place = file.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(InYaml));
        return place < 0 ? (file, false) : Demanded(file[..place], file, text => Yaml(text));
    }

    private static (byte[], bool) Demanded(byte[] text, byte[] file, Func<byte[], byte[]> whole) =>
        whole(text).AsSpan().SequenceEqual(file) ? (text, true)
            : throw new InvalidDataException("its checksum is wrong: it was damaged or changed by hand");
}
