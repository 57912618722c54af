using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Reverie.Torch.IO;

namespace Reverie.Pictures;

/// <summary>
/// PNG pictures of 8 bits (PNG specification, third edition): writes RGB and grey, reads grey, RGB and palette with or
/// without alpha. Interlaced files and other depths are refused.
/// </summary>
public static class PngImage
{
    private const long LargestFile = 256L << 20;

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Writes a picture to a file, replacing it.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="rgb">uint8 (height, width, 3), rows from top to bottom; (height, width) writes a grey file.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The length is neither width·height·3 nor width·height.</exception>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> rgb, int width, int height)
    {
        byte[] encoded = Encode(rgb, width, height);
        OutputFile.Write(path, stream => stream.Write(encoded));
    }

    /// <summary>Writes a picture to a stream and leaves the stream open; the rest as for a file.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> rgb, int width, int height)
        => stream.Write(Encode(rgb, width, height));

    /// <summary>Reads a picture.</summary>
    /// <returns>uint8 (height, width, 3): grey is repeated, palettes are looked up, alpha is dropped.</returns>
    /// <exception cref="DataException">No such file, no PNG, corrupt, or of a kind that is not read.</exception>
    public static (byte[] Rgb, int Width, int Height) Read(string path)
    {
        try
        {
            return PngDecoder.Decode(RegularFile.ReadAllBytes(path, LargestFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"cannot read the picture {path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a picture from a stream, to its end; the rest as for a file.</summary>
    public static (byte[] Rgb, int Width, int Height) Read(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        try
        {
            return PngDecoder.Decode(memory.ToArray());
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"cannot read the picture: {e.Message}", e);
        }
    }

    private static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int channels = pixels.Length == (long)width * height ? 1 : 3;
        if (pixels.Length != (long)width * height * channels)
            throw new ArgumentException(
                $"a picture of {width}x{height} has {width}*{height}*3 bytes (or *1 for grey), not {pixels.Length}",
                nameof(pixels));

        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, width * channels, channels));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Each row filtered by whichever of none, sub, up and Paeth leaves the smallest differences.</summary>
    private static byte[] Compress(ReadOnlySpan<byte> pixels, int stride, int channels)
    {
        using var packed = new MemoryStream();
        using var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true);
        byte[] best = new byte[stride + 1], trial = new byte[stride + 1];
        // Both behind a pixel of zeros.
        byte[] row = new byte[channels + stride], above = new byte[channels + stride];
        for (int start = 0; start < pixels.Length; start += stride)
        {
            pixels.Slice(start, stride).CopyTo(row.AsSpan(channels));
            long least = long.MaxValue;
            foreach (PngFilter filter in (ReadOnlySpan<PngFilter>)[0, PngFilter.Sub, PngFilter.Up, PngFilter.Paeth])
            {
                trial[0] = (byte)filter;
                long size = filter.Subtract(row, above, channels, trial.AsSpan(1));
                if (size < least)
                {
                    least = size;
                    (best, trial) = (trial, best);
                }
            }
            zlib.Write(best);
            (row, above) = (above, row);
        }
        zlib.Dispose();
        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(type);
        file.Write(data);
        var sum = new Crc32();
        sum.Append(type);
        sum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, sum.GetCurrentHashAsUInt32());
        file.Write(word);
    }
}
