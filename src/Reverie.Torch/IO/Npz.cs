using System.IO.Compression;

namespace Reverie.Torch.IO;

/// <summary>The npz format: a zip of npy files, one a key. numpy.load reads what this writes.</summary>
public static class Npz
{
    private const string Extension = ".npy";
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes <paramref name="arrays"/>, deflated, in their order. Same arrays, same bytes: no time stamps.
    /// </summary>
    /// <exception cref="IOException">The disk is full or refuses; the file is not there then.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays) =>
        AtomicFile.Write(path, stream => Write(stream, arrays));

    /// <summary>The same into a stream, which is left open.</summary>
    internal static void Write(Stream stream, IEnumerable<KeyValuePair<string, NpyArray>> arrays)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (key, array) in arrays)
        {
            var entry = zip.CreateEntry(key + Extension, CompressionLevel.Fastest);
            entry.LastWriteTime = NoTime;
            using var target = entry.Open();
            Npy.Write(target, array);
        }
    }

    /// <summary>Reads every array of a file, checksums included.</summary>
    /// <param name="path">The file.</param>
    /// <param name="atMost">Bytes that the arrays may have together, unpacked.</param>
    /// <exception cref="InvalidDataException">The file is cut short, corrupt, no npz or larger; one line that names it.
    /// </exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Dictionary<string, NpyArray> Read(string path, long atMost = 1L << 30)
    {
        using var file = NpzFile.Open(path, atMost);
        return file.Keys.ToDictionary(key => key, key =>
        {
            try
            {
                return file.Read(key);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"{path}: not a readable npz file ('{key}' {error.Message})", error);
            }
        });
    }
}
