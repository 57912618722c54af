using System.Text;
using Reverie.Torch.Native;

namespace Reverie.Torch.IO;

/// <summary>
/// The one way in which files are read that somebody else may have put there: only a regular file of a bounded size is
/// opened, so that a pipe, a device, a folder or a file grown by a hole is one line and never a wait or all memory.
/// </summary>
public static class RegularFile
{
    /// <summary>Bytes that a file of settings, facts or one state may have at most.</summary>
    public const long TextLimit = 16L << 20;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <exception cref="IOException">It is not there, no regular file, or larger; one line that names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path, long atMost = long.MaxValue)
    {
        // The system would take a name with a NUL for the part before it.
        if (path.Length == 0 || path.Contains('\0'))
            throw new IOException(path.Length == 0 ? "the name of a file is empty" : $"{path}: is no name of a file");
        if (OperatingSystem.IsWindows())
        {
            var plain = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Demanded(plain, path, null, plain.Length, atMost);
        }
        var handle = OpenFile.Read(path, out var kind, out var bytes);
        return new FileStream(Demanded(handle, path, kind, bytes, atMost), FileAccess.Read);
    }

    /// <summary>All bytes of a file.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path, long atMost = TextLimit)
    {
        using var stream = OpenRead(path, Math.Min(atMost, Array.MaxLength));
        return ReadAllBytes(stream, path, atMost);
    }

    /// <summary>All bytes of a file that <see cref="OpenRead"/> opened.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">Its name, for the line of a fault.</param>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <exception cref="IOException">It is larger, or cannot be read.</exception>
    public static byte[] ReadAllBytes(FileStream stream, string path, long atMost = TextLimit)
    {
        using var memory = new MemoryStream((int)Math.Min(stream.Length, Array.MaxLength));
        var buffer = new byte[1 << 16];
        // It may grow while it is read, as a log does: the bound holds for what is read as well.
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > atMost)
                throw TooLarge(path, memory.Length, atMost);
        }
        return memory.ToArray();
    }

    /// <summary>A file's text, UTF-8 unless its first bytes say otherwise.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static string ReadAllText(string path, long atMost = TextLimit)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, atMost)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static T Demanded<T>(T opened, string path, string? kind, long bytes, long atMost) where T : IDisposable
    {
        if (kind is null && bytes <= atMost)
            return opened;
        opened.Dispose();
        throw kind is null ? TooLarge(path, bytes, atMost) : new IOException($"{path}: is {kind}, not a file");
    }

    private static IOException TooLarge(string path, long bytes, long atMost) =>
        new($"{path}: has {bytes} bytes, more than the {atMost} that such a file may have");
}
