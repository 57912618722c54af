using System.IO.Compression;

namespace Reverie.Torch.IO;

/// <summary>
/// An npz file that is open: its keys and what each array says of itself are known before any array is unpacked, so
/// that a file of somebody else's costs no more than what is wanted of it.
/// </summary>
internal sealed class NpzFile : IDisposable
{
    private const string Extension = ".npy";
    // Deflate cannot shrink by more than 1032 : 1; a header that says so lies.
    private const long LargestRatio = 1032, LargestFile = 4L << 30;
    private const int MostEntries = 10_000, LongestName = 200;

    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly ZipArchive zip;
    private long left;

    private NpzFile(Stream stream, string path, long atMost)
    {
        left = atMost;
        try
        {
            zip = new ZipArchive(stream, ZipArchiveMode.Read);
            List();
        }
        catch (Exception error) when (IsDamage(error))
        {
            stream.Dispose();
            throw new InvalidDataException($"{path}: not a readable npz file ({error.Message})", error);
        }
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="atMost">Bytes that all arrays read from it may have, unpacked.</param>
    /// <exception cref="InvalidDataException">It is no npz; one line that names it.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public static NpzFile Open(string path, long atMost = LargestFile) =>
        new(RegularFile.OpenRead(path, LargestFile), path, atMost);

    /// <summary>The same of bytes in memory.</summary>
    /// <param name="content">The bytes of a file.</param>
    /// <param name="name">What they are called in messages.</param>
    public static NpzFile Open(byte[] content, string name) => new(new MemoryStream(content), name, LargestFile);

    /// <summary>Names of the arrays, in the order of the file.</summary>
    public IReadOnlyCollection<string> Keys => entries.Keys;

    /// <summary>What an array says of itself.</summary>
    /// <exception cref="InvalidDataException">It is no array, or damaged; words to put after its name.</exception>
    public NpyHeader Header(string key) => Read(key, (stream, _) => NpyHeader.Read(stream));

    /// <summary>An array, its checksum included.</summary>
    /// <exception cref="InvalidDataException">It is damaged, of a type that is not supported, or larger than what is
    /// left of the file's allowance; words to put after its name.</exception>
    public NpyArray Read(string key) => Read(key, (stream, entry) =>
    {
        if (entry.Length > (entry.CompressedLength + 1) * LargestRatio)
            throw new InvalidDataException("has an impossible length");
        if ((left -= entry.Length) < 0)
            throw new InvalidDataException($"has {entry.Length} bytes unpacked, more than are read of such a file");
        var array = Npy.Read(stream, entry.Length);
        return stream.Checksum == entry.Crc32 ? array : throw new InvalidDataException("has a wrong checksum");
    });

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();

    private void List()
    {
        foreach (var entry in zip.Entries)
        {
            var name = Tamed(entry.FullName);
            var key = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
            if (!entries.TryAdd(key, entry))
                throw new InvalidDataException($"'{key}' is there twice");
            if (entries.Count > MostEntries)
                throw new InvalidDataException($"it has more than {MostEntries} arrays");
        }
    }

    // A name goes into messages of one line: it may hold anything, and 64 kB of it.
    private static string Tamed(string name)
    {
        if (name.Length > LongestName)
            name = name[..LongestName] + "…";
        return OneLine.Of(name);
    }

    private T Read<T>(string key, Func<ChecksumStream, ZipArchiveEntry, T> read)
    {
        var entry = entries[key];
        try
        {
            using var stream = new ChecksumStream(Unpack(entry));
            return read(stream, entry);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("is cut short", error);
        }
    }

    private static Stream Unpack(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw ChecksumStream.Damaged(error);
        }
    }

    /// <summary>Whether it is what the readers of zip and deflate throw at what is damaged.</summary>
    internal static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException
        or NotSupportedException or ArgumentException or OverflowException;
}
