using System.IO.Hashing;

namespace Reverie.Torch.IO;

/// <summary>CRC-32 of files, read part by part.</summary>
internal static class FileSum
{
    private const int Part = 1 << 16;

    /// <summary>Checksum of a file, or of its beginning.</summary>
    /// <param name="path">A regular file.</param>
    /// <param name="bytes">How many bytes from its beginning; null for all.</param>
    /// <exception cref="InvalidDataException">It has fewer bytes.</exception>
    /// <exception cref="IOException">It is not there, no regular file, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static uint Of(string path, long? bytes = null)
    {
        using var stream = RegularFile.OpenRead(path);
        return Of(stream, bytes ?? stream.Length);
    }

    /// <summary>Checksum of what a stream has next.</summary>
    /// <inheritdoc cref="Append" path="/exception"/>
    public static uint Of(FileStream stream, long bytes)
    {
        var sum = new Crc32();
        Append(sum, stream, bytes);
        return sum.GetCurrentHashAsUInt32();
    }

    /// <summary>Continues a sum with what a stream has next.</summary>
    /// <exception cref="InvalidDataException">It has fewer bytes.</exception>
    public static void Append(Crc32 sum, FileStream stream, long bytes)
    {
        var buffer = new byte[Part];
        while (bytes > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(Part, bytes));
            if (read == 0)
                throw new InvalidDataException($"{stream.Name}: ends {bytes} bytes too early");
            sum.Append(buffer.AsSpan(0, read));
            bytes -= read;
        }
    }
}
