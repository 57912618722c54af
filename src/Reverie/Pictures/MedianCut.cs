using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reverie.Pictures;

/// <summary>
/// Chooses at most 256 colours for pictures by Heckbert's median cut (1982): the box of colours with the largest spread
/// of squared error is cut at its mean along its longest axis, until there are enough. Up to 256 colours stay exact.
/// </summary>
internal static class MedianCut
{
    /// <summary>The palette, packed 0xRRGGBB, for all the frames together.</summary>
    /// <param name="frames">uint8 RGB pixels each.</param>
    /// <param name="size">Colours at most, 2 to 256.</param>
    public static int[] Palette(IEnumerable<byte[]> frames, int size)
    {
        (int Color, long Count)[] colors = Count(frames);
        if (colors.Length <= size)
            return [.. colors.Select(c => c.Color).Order()];
        var boxes = new PriorityQueue<Box, double>();
        Enqueue(boxes, Box.Of(colors, 0, colors.Length));
        while (boxes.Count < size)
        {
            Box box = boxes.Dequeue();
            int middle = box.Cut(colors);
            Enqueue(boxes, Box.Of(colors, box.Start, middle));
            Enqueue(boxes, Box.Of(colors, middle, box.End));
        }
        return [.. boxes.UnorderedItems.Select(b => b.Element.Mean).Distinct().Order()];
    }

    /// <summary>The index of the nearest palette colour by squared distance in RGB.</summary>
    // Loops over pixels are optimised at once, here and beside: most programs write too few pictures for the runtime to see to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Nearest(int[] palette, int r, int g, int b)
    {
        int best = 0, least = int.MaxValue;
        for (int i = 0; i < palette.Length && least > 0; i++)
        {
            int dr = (palette[i] >> 16) - r, dg = (palette[i] >> 8 & 255) - g, db = (palette[i] & 255) - b;
            int distance = dr * dr + dg * dg + db * db;
            if (distance < least)
                (best, least) = (i, distance);
        }
        return best;
    }

    /// <summary>A pixel as 0xRRGGBB.</summary>
    public static int Pack(byte[] rgb, int i) => rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int, long)[] Count(IEnumerable<byte[]> frames)
    {
        var counts = new Dictionary<int, long>();
        foreach (byte[] rgb in frames)
            for (int i = 0; i < rgb.Length;)
            {
                // Enlarged pictures come in runs of one colour.
                int color = Pack(rgb, i), start = i;
                for (i += 3; i < rgb.Length && Pack(rgb, i) == color;)
                    i += 3;
                CollectionsMarshal.GetValueRefOrAddDefault(counts, color, out _) += (i - start) / 3;
            }
        return [.. counts.Select(c => (c.Key, c.Value))];
    }

    private static void Enqueue(PriorityQueue<Box, double> boxes, Box box) => boxes.Enqueue(box, -box.Error);

    /// <summary>Colours <c>Start</c> to <c>End</c> and the axis to cut along (a shift: 16, 8, 0).</summary>
    private readonly record struct Box(int Start, int End, int Mean, int Axis, double Threshold, double Error)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Box Of((int Color, long Count)[] colors, int start, int end)
        {
            (int axis, double threshold, double widest, double total) = (0, 0, -1, 0);
            int mean = 0;
            for (int shift = 16; shift >= 0; shift -= 8)
            {
                double n = 0, sum = 0, squares = 0;
                for (int i = start; i < end; i++)
                {
                    double value = colors[i].Color >> shift & 255;
                    n += colors[i].Count;
                    sum += colors[i].Count * value;
                    squares += colors[i].Count * value * value;
                }
                double error = end - start == 1 ? 0 : squares - sum * sum / n;
                mean |= (int)Math.Round(sum / n) << shift;
                total += error;
                if (error > widest)
                    (axis, threshold, widest) = (shift, sum / n, error);
            }
            return new Box(start, end, mean, axis, threshold, total);
        }

        /// <summary>Puts the box's colours up to the mean along its axis first, and returns where those above it begin.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Cut((int Color, long Count)[] colors)
        {
            int middle = Start;
            for (int i = Start; i < End; i++)
                if ((colors[i].Color >> Axis & 255) <= Threshold)
                {
                    (colors[middle], colors[i]) = (colors[i], colors[middle]);
                    middle++;
                }
            return Math.Clamp(middle, Start + 1, End - 1);
        }
    }
}
