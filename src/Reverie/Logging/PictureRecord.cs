using System.Buffers.Binary;
using Reverie.Torch.IO;

namespace Reverie.Logging;

/// <summary>A picture or an animation of a run, as the bytes of its file.</summary>
/// <param name="Name">What it shows, such as <c>dream/animation</c>.</param>
/// <param name="EnvSteps">Environment steps so far.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="File">PNG or GIF.</param>
public sealed record PictureRecord(string Name, long EnvSteps, int Width, int Height, byte[] File)
{
    private const long LargestFile = 1L << 30;

    /// <summary>Takes a PNG or GIF that was written; its size comes from its head.</summary>
    /// <exception cref="DataException">The file cannot be read, or is neither.</exception>
    public static PictureRecord Read(string name, long envSteps, string path)
    {
        byte[] file;
        try
        {
            file = RegularFile.ReadAllBytes(path, LargestFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot read the picture {path}: {e.Message}", e);
        }
        if (SizeOf(file) is not var (width, height))
            throw new DataException($"{path} is neither PNG nor GIF");
        return new PictureRecord(name, envSteps, width, height, file);
    }

    private static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
        if (file.Length >= 24 && file.StartsWith(png))
            return (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        if (file.Length >= 10 && file.StartsWith("GIF8"u8))
            return (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]),
                BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
        return null;
    }
}
