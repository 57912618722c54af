using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Reverie.Pictures;

/// <summary>Reads 8-bit non-interlaced PNG; every fault is an <see cref="InvalidDataException"/> of one line.</summary>
internal static class PngDecoder
{
    /// <summary>The largest number of pixels taken, so that a damaged header does not ask for all memory.</summary>
    private const long MaximumPixels = 1L << 26;

    // Deflate cannot shrink by more than 1032 : 1, so that a few bytes cannot ask for a gigabyte.
    private const long LargestRatio = 1032;

    public static (byte[] Rgb, int Width, int Height) Decode(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PngImage.Signature))
            throw new InvalidDataException("not a PNG file");
        Header? header = null;
        byte[] palette = [];
        using var packed = new MemoryStream();
        ReadOnlySpan<byte> rest = file[PngImage.Signature.Length..];
        while (true)
        {
            ReadOnlySpan<byte> type = NextChunk(ref rest, out ReadOnlySpan<byte> data);
            if (type.SequenceEqual("IHDR"u8))
                header = ReadHeader(data);
            else if (type.SequenceEqual("PLTE"u8))
                palette = data.ToArray();
            else if (type.SequenceEqual("IDAT"u8))
                packed.Write(data);
            else if (type.SequenceEqual("IEND"u8))
                break;
        }
        if (header is not { } h)
            throw new InvalidDataException("a PNG file without header");
        if (((long)h.Width * h.Channels + 1) * h.Height > (packed.Length + 1) * LargestRatio)
            throw new InvalidDataException("the PNG file holds fewer rows than its header says");
        packed.Position = 0;
        return (ToRgb(Unfilter(packed, h), h, palette), h.Width, h.Height);
    }

    private static ReadOnlySpan<byte> NextChunk(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> data)
    {
        if (rest.Length < 12)
            throw new InvalidDataException("the PNG file ends too early");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12)
            throw new InvalidDataException("the PNG file ends too early");
        ReadOnlySpan<byte> type = rest.Slice(4, 4);
        data = rest.Slice(8, (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]) != Crc32.HashToUInt32(rest.Slice(4, 4 + (int)length)))
            throw new InvalidDataException("a checksum of the PNG file is wrong: it is damaged");
        rest = rest[(12 + (int)length)..];
        return type;
    }

    private static Header ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13)
            throw new InvalidDataException("the PNG header has a wrong length");
        int width = BinaryPrimitives.ReadInt32BigEndian(data);
        int height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
        if (width < 1 || height < 1 || (long)width * height > MaximumPixels)
            throw new InvalidDataException($"a PNG size of {width}x{height}");
        int channels = data[9] switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (data[8] != 8 || channels == 0 || data[12] != 0)
            throw new InvalidDataException("only PNG files of 8 bits a channel, not interlaced, are read");
        return new Header(width, height, channels, data[9] == 3);
    }

    private static byte[] Unfilter(Stream packed, Header header)
    {
        int stride = header.Width * header.Channels;
        var pixels = new byte[(long)stride * header.Height];
        ReadOnlySpan<byte> above = new byte[stride];
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        for (int y = 0; y < header.Height; y++)
        {
            Span<byte> row = pixels.AsSpan(y * stride, stride);
            int number = zlib.ReadByte();
            if (number < 0 || zlib.ReadAtLeast(row, stride, throwOnEndOfStream: false) < stride)
                throw new InvalidDataException("the PNG file holds fewer rows than its header says");
            var filter = (PngFilter)number;
            for (int i = 0; i < stride; i++)
            {
                byte left = i < header.Channels ? (byte)0 : row[i - header.Channels];
                byte corner = i < header.Channels ? (byte)0 : above[i - header.Channels];
                row[i] = (byte)(row[i] + filter.Predict(left, above[i], corner));
            }
            above = row;
        }
        return pixels;
    }

    private static byte[] ToRgb(byte[] pixels, Header header, byte[] palette)
    {
        var rgb = new byte[header.Width * header.Height * 3];
        for (int i = 0, from = 0; i < rgb.Length; i += 3, from += header.Channels)
        {
            ReadOnlySpan<byte> source = header switch
            {
                { Palette: true } when pixels[from] * 3 + 3 > palette.Length
                    => throw new InvalidDataException("a PNG pixel lies outside the palette"),
                { Palette: true } => palette.AsSpan(pixels[from] * 3, 3),
                { Channels: >= 3 } => pixels.AsSpan(from, 3),
                _ => [pixels[from], pixels[from], pixels[from]],
            };
            source.CopyTo(rgb.AsSpan(i));
        }
        return rgb;
    }

    private readonly record struct Header(int Width, int Height, int Channels, bool Palette);
}
