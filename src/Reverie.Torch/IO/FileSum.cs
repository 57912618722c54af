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
        return ~Append(~0u, stream, bytes ?? stream.Length);
    }

    /// <summary>Continues a running register, as <see cref="Crc32.Append"/> does, with what a stream has next.
    /// </summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static uint Append(uint register, FileStream stream, long bytes)
    {
        var buffer = new byte[Part];
        while (bytes > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(Part, bytes));
            if (read == 0)
                throw new InvalidDataException($"{stream.Name}: ends {bytes} bytes too early");
            register = Crc32.Append(register, buffer.AsSpan(0, read));
            bytes -= read;
        }
        return register;
    }
}
