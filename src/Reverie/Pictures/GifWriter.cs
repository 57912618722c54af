using System.Buffers.Binary;

namespace Reverie.Pictures;

/// <summary>
/// Animated GIF (GIF89a). Pictures of at most 256 colours in all (in each, with a palette per frame) come back exactly;
/// otherwise the palette is chosen by median cut. Only the rectangle that changed is stored.
/// </summary>
public static class GifWriter
{
    /// <summary>Writes an animation to a file, replacing it.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="frames">At least one picture, uint8 (height, width, 3).</param>
    /// <param name="width">Pixels in a row, at most 65535.</param>
    /// <param name="height">Rows, at most 65535.</param>
    /// <param name="options">Delay, loop, palette; null for the defaults.</param>
    /// <exception cref="ArgumentException">No frame, or one of another length than width·height·3.</exception>
    /// <exception cref="ReverieException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<byte[]> frames, int width, int height,
        GifOptions? options = null)
    {
        Check(frames, width, height);
        OutputFile.Write(path, stream => WriteChecked(stream, frames, width, height, options ?? new GifOptions()));
    }

    /// <summary>Writes an animation to a stream and leaves the stream open; the rest as for a file.</summary>
    public static void Write(Stream stream, IReadOnlyList<byte[]> frames, int width, int height,
        GifOptions? options = null)
    {
        Check(frames, width, height);
        WriteChecked(stream, frames, width, height, options ?? new GifOptions());
    }

    private static void Check(IReadOnlyList<byte[]> frames, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(width, (int)(ushort)width);
        ArgumentOutOfRangeException.ThrowIfNotEqual(height, (int)(ushort)height);
        if (frames.Count == 0)
            throw new ArgumentException("an animation needs a frame", nameof(frames));
        if (frames.FirstOrDefault(f => f.Length != width * height * 3) is { } odd)
            throw new ArgumentException($"a frame of {width}x{height} has {width}*{height}*3 bytes, not {odd.Length}",
                nameof(frames));
    }

    private static void WriteChecked(Stream stream, IReadOnlyList<byte[]> frames, int width, int height,
        GifOptions options)
    {
        int[] global = options.PalettePerFrame ? [0] : MedianCut.Palette(frames, 256);
        int bits = PaletteBits(global);
        stream.Write("GIF89a"u8);
        WriteWords(stream, width, height);
        stream.Write([(byte)(options.PalettePerFrame ? 0x70 : 0xF0 | bits - 1), 0, 0]);
        if (!options.PalettePerFrame)
            WritePalette(stream, global, bits);
        if (options.Loop)
            stream.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        byte[]? shown = null;
        var compression = new GifLzw();
        var mapper = new PaletteMapper(global, width, height, options.Dither);
        for (int t = 0; t < frames.Count; t++)
        {
            if (options.PalettePerFrame)
                mapper = new PaletteMapper(MedianCut.Palette([frames[t]], 256), width, height, options.Dither);
            byte[] indices = mapper.Map(frames[t]);
            // Indices of different palettes do not compare, so such frames are stored whole.
            Rectangle area = Rectangle.OfChange(options.PalettePerFrame ? null : shown, indices, width, height);
            bool last = t == frames.Count - 1 && options.LastDelayMilliseconds > 0;
            WriteDelay(stream, last ? options.LastDelayMilliseconds : options.DelayMilliseconds);
            stream.WriteByte(0x2C);
            WriteWords(stream, area.Left, area.Top, area.Width, area.Height);
            bits = PaletteBits(mapper.Palette);
            stream.WriteByte((byte)(options.PalettePerFrame ? 0x80 | bits - 1 : 0));
            if (options.PalettePerFrame)
                WritePalette(stream, mapper.Palette, bits);
            compression.Write(stream, area.Crop(indices, width), Math.Max(2, bits));
            shown = indices;
        }
        stream.WriteByte(0x3B);
    }

    private static int PaletteBits(int[] palette)
    {
        int bits = 1;
        while (1 << bits < palette.Length)
            bits++;
        return bits;
    }

    private static void WritePalette(Stream stream, int[] palette, int bits)
    {
        for (int i = 0; i < 1 << bits; i++)
        {
            int color = i < palette.Length ? palette[i] : 0;
            stream.Write([(byte)(color >> 16), (byte)(color >> 8), (byte)color]);
        }
    }

    /// <summary>The graphic control block: the next picture is drawn over the last, and stands for this long.</summary>
    private static void WriteDelay(Stream stream, int milliseconds)
    {
        stream.Write([0x21, 0xF9, 4, 1 << 2]);
        WriteWords(stream, Math.Clamp((milliseconds + 5) / 10, 0, ushort.MaxValue));
        stream.Write([0, 0]);
    }

    private static void WriteWords(Stream stream, params ReadOnlySpan<int> values)
    {
        Span<byte> word = stackalloc byte[2];
        foreach (int value in values)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)value);
            stream.Write(word);
        }
    }

    private readonly record struct Rectangle(int Left, int Top, int Width, int Height)
    {
        /// <summary>The least rectangle that holds every changed pixel; one pixel where nothing changed.</summary>
        public static Rectangle OfChange(byte[]? before, byte[] now, int width, int height)
        {
            if (before is null)
                return new Rectangle(0, 0, width, height);
            int left = width, right = -1, top = -1, bottom = -1;
            for (int y = 0; y < height; y++)
            {
                ReadOnlySpan<byte> a = before.AsSpan(y * width, width), b = now.AsSpan(y * width, width);
                int first = a.CommonPrefixLength(b);
                if (first == width)
                    continue;
                int end = width - 1;
                while (a[end] == b[end])
                    end--;
                left = Math.Min(left, first);
                right = Math.Max(right, end);
                top = top < 0 ? y : top;
                bottom = y;
            }
            return right < 0 ? new Rectangle(0, 0, 1, 1) : new Rectangle(left, top, right - left + 1, bottom - top + 1);
        }

        public byte[] Crop(byte[] indices, int width)
        {
            var area = new byte[Width * Height];
            for (int y = 0; y < Height; y++)
                indices.AsSpan((Top + y) * width + Left, Width).CopyTo(area.AsSpan(y * Width));
            return area;
        }
    }
}
