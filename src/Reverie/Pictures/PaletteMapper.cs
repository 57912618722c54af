using System.Runtime.CompilerServices;

namespace Reverie.Pictures;

/// <summary>Turns RGB pictures into palette indices, with or without dithering.</summary>
internal sealed class PaletteMapper(int[] palette, int width, int height, bool dither)
{
    private readonly Dictionary<int, byte> known = palette.Index().ToDictionary(p => p.Item, p => (byte)p.Index);

    public int[] Palette => palette;

    /// <summary>One index a pixel.</summary>
    public byte[] Map(byte[] rgb) => dither ? Dithered(rgb) : Plain(rgb);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte[] Plain(byte[] rgb)
    {
        var indices = new byte[width * height];
        var (color, index) = (-1, (byte)0);
        for (int i = 0; i < indices.Length; i++)
        {
            // Enlarged pictures come in runs of one colour.
            int next = MedianCut.Pack(rgb, 3 * i);
            if (next != color)
                (color, index) = (next, Find(next));
            indices[i] = index;
        }
        return indices;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte[] Dithered(byte[] rgb)
    {
        var indices = new byte[width * height];
        // Errors in sixteenths for this row and the next, one pixel of margin on both sides.
        int[] here = new int[3 * (width + 2)], below = new int[3 * (width + 2)];
        Span<int> want = stackalloc int[3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 3 * (x + 1);
                for (int c = 0; c < 3; c++)
                    want[c] = Math.Clamp(rgb[3 * (y * width + x) + c] + here[at + c] / 16, 0, 255);
                byte index = indices[y * width + x] = Find(want[0] << 16 | want[1] << 8 | want[2]);
                for (int c = 0; c < 3; c++)
                {
                    int error = want[c] - (palette[index] >> 16 - 8 * c & 255);
                    here[at + 3 + c] += 7 * error;
                    below[at - 3 + c] += 3 * error;
                    below[at + c] += 5 * error;
                    below[at + 3 + c] += error;
                }
            }
            (here, below) = (below, here);
            Array.Clear(below);
        }
        return indices;
    }

    private byte Find(int color)
    {
        if (!known.TryGetValue(color, out byte index))
            known[color] = index = (byte)MedianCut.Nearest(palette, color >> 16, color >> 8 & 255, color & 255);
        return index;
    }
}
