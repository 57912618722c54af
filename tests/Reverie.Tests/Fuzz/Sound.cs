using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Reverie.Tests.Fuzz;

/// <summary>Files whose checksums are right, whatever is in them.</summary>
internal static class Sound
{
    /// <summary>A zip with the same entries, not packed.</summary>
    public static byte[] Stored(byte[] zip) => Zip(Entries(zip));

    /// <summary>An entry of a zip.</summary>
    public static byte[] Entry(byte[] zip, string name) => Entries(zip)[name];

    /// <summary>A zip with another entry in the place of one.</summary>
    public static byte[] With(byte[] zip, string name, byte[] content)
    {
        var entries = Entries(zip);
        entries[name] = content;
        return Zip(entries);
    }

    /// <summary>A PNG file with the checksum of each chunk set right, as far as its lengths are.</summary>
    public static byte[] Picture(byte[] file)
    {
        for (long at = 8, length; at + 12 <= file.Length; at += 12 + length)
        {
            length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)at));
            if (at + 12 + length > file.Length)
                break;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)(at + 8 + length)),
                Crc32.HashToUInt32(file.AsSpan((int)at + 4, (int)length + 4)));
        }
        return file;
    }

    private static Dictionary<string, byte[]> Entries(byte[] zip)
    {
        using var source = new ZipArchive(new MemoryStream(zip));
        return source.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var from = entry.Open();
            var bytes = new byte[entry.Length];
            from.ReadExactly(bytes);
            return bytes;
        });
    }

    private static byte[] Zip(Dictionary<string, byte[]> entries)
    {
        var memory = new MemoryStream();
        using (var target = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
                using (var to = target.CreateEntry(name, CompressionLevel.NoCompression).Open())
                    to.Write(content);
        return memory.ToArray();
    }
}
