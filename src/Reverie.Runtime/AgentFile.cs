using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reverie.Runtime;

/// <summary>What an exported file says of itself, read without ONNX Runtime: the metadata of the outermost message, of which
/// the last entry is a checksum of all bytes before it.</summary>
internal sealed class AgentFile
{
    private const int NewestVersion = 1, ChecksumLength = 64, GraphField = 7, MetadataField = 14;
    private const string ChecksumKey = "checksum";

    private readonly Dictionary<string, string> entries = new Dictionary<string, string>();
    private readonly string name;
    private int lastEntry = -1;

    private AgentFile(string name, byte[] bytes) => (this.name, Bytes) = (name, bytes);

    /// <summary>All of it.</summary>
    public byte[] Bytes { get; }

    /// <summary>Its own checksum, by which the files beside it know it.</summary>
    public string Checksum => this[ChecksumKey];

    /// <summary>An entry.</summary>
    /// <exception cref="InvalidDataException">It is missing.</exception>
    public string this[string key] => entries.TryGetValue(key, out var value) ? value
        : throw Broken($"has no entry '{key}'; export the agent again");

    /// <summary>An entry that is a whole number.</summary>
    public int Number(string key) => int.TryParse(this[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : throw Broken($"'{key}' is '{this[key]}', which is no number");

    /// <summary>An entry that is a list.</summary>
    public string[] List(string key, char separator = ',') =>
        this[key].Length == 0 ? Array.Empty<string>() : this[key].Split(separator);

    /// <summary>Reads a file that is to hold a graph of that kind.</summary>
    /// <exception cref="InvalidDataException">It is none, or not whole.</exception>
    public static AgentFile Read(string name, byte[] bytes, string kind)
    {
        var file = new AgentFile(name, bytes);
        if (!file.Parse()) throw file.Broken("is no ONNX file");
        if (!file.entries.ContainsKey("reverie") || !file.entries.ContainsKey(ChecksumKey))
            throw file.Broken("is an ONNX file without the metadata that `reverie export` writes");
        if (file.Number("reverie") > NewestVersion)
            throw file.Broken($"was made by a newer version ({file["reverie"]}, this one reads {NewestVersion}): take a newer "
                + "package Reverie.Runtime");
        if (!file.IsWhole()) throw file.Broken("has a wrong checksum: it was damaged or changed");
        if (file["kind"] != kind)
            throw file.Broken($"holds the graph '{file["kind"]}' where '{kind}' is needed: load the file that `--out` named");
        return file;
    }

    /// <summary>A complaint about this file.</summary>
    public InvalidDataException Broken(string what) => new InvalidDataException($"{name}: {what}");

    private bool IsWhole()
    {
        if (Checksum.Length != ChecksumLength) return false;
        using var sha = SHA256.Create();
        var sum = sha.ComputeHash(Bytes, 0, lastEntry);
        var text = new StringBuilder(ChecksumLength);
        foreach (var each in sum) text.Append(each.ToString("x2", CultureInfo.InvariantCulture));
        return text.ToString() == Checksum;
    }

    // The fields of the outermost message, one after the other.
    private bool Parse()
    {
        var (at, hasGraph) = (0, false);
        while (at < Bytes.Length)
        {
            var start = at;
            if (!Varint(ref at, Bytes.Length, out var tag)) return false;
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            switch (wire)
            {
                case 0:
                    if (!Varint(ref at, Bytes.Length, out _)) return false;
                    break;
                case 2:
                    if (!Length(ref at, Bytes.Length, out var length)) return false;
                    if (field == MetadataField && !Entry(at, at + length, start)) return false;
                    hasGraph |= field == GraphField;
                    at += length;
                    break;
                default:
                    return false;       // of the others the outermost message has none
            }
        }
        return hasGraph;
    }

    private bool Entry(int at, int end, int start)
    {
        var texts = new string[3];
        while (at < end)
        {
            if (!Varint(ref at, end, out var tag) || (tag & 7) != 2 || !Length(ref at, end, out var length)) return false;
            if (tag >> 3 is 1 or 2) texts[tag >> 3] = Encoding.UTF8.GetString(Bytes, at, length);
            at += length;
        }
        if (texts[1] is null) return false;
        entries[texts[1]] = texts[2] ?? "";
        lastEntry = start;
        return true;
    }

    private bool Length(ref int at, int end, out int length)
    {
        length = 0;
        if (!Varint(ref at, end, out var value) || value > (ulong)(end - at)) return false;
        length = (int)value;
        return true;
    }

    private bool Varint(ref int at, int end, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < end; shift += 7)
        {
            var part = Bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }
        return false;
    }
}
