using System.IO.Compression;

namespace Reverie.Torch.IO;

/// <summary>The npz format: a zip of npy files, one a key. numpy.load reads what this writes.</summary>
public static class Npz
{
    private const string Extension = ".npy";
    // Deflate cannot shrink by more than 1032 : 1; a header that says so lies.
    private const long LargestRatio = 1032;
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes <paramref name="arrays"/>, deflated, in their order. Same arrays, same bytes: no time stamps.
    /// </summary>
    /// <exception cref="IOException">The disk is full or refuses; the file is not there then.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays) =>
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (key, array) in arrays)
            {
                var entry = zip.CreateEntry(key + Extension, CompressionLevel.Fastest);
                entry.LastWriteTime = NoTime;
                using var target = entry.Open();
                Npy.Write(target, array);
            }
        });

    /// <summary>Reads every array of a file, checksums included.</summary>
    /// <exception cref="InvalidDataException">The file is cut short, corrupt or no npz; one line that names it.
    /// </exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Dictionary<string, NpyArray> Read(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var arrays = new Dictionary<string, NpyArray>();
            foreach (var entry in zip.Entries)
            {
                var key = entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                    ? entry.FullName[..^Extension.Length]
                    : entry.FullName;
                if (!arrays.TryAdd(key, ReadEntry(entry)))
                {
                    throw new InvalidDataException($"'{key}' is there twice");
                }
            }
            return arrays;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException
            or ArgumentException)
        {
            throw new InvalidDataException($"{path}: not a readable npz file ({error.Message})", error);
        }
    }

    private static NpyArray ReadEntry(ZipArchiveEntry entry)
    {
        if (entry.Length > Array.MaxLength || entry.Length > (entry.CompressedLength + 1) * LargestRatio)
        {
            throw new InvalidDataException($"'{entry.FullName}' has an impossible length");
        }
        var bytes = new byte[entry.Length];
        using (var source = entry.Open())
        {
            source.ReadExactly(bytes);
        }
        if (Crc32.Of(bytes) != entry.Crc32)
        {
            throw new InvalidDataException($"'{entry.FullName}' has a wrong checksum");
        }
        try
        {
            return Npy.Read(bytes);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{entry.FullName}' {error.Message}", error);
        }
    }
}
