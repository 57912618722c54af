using System.Numerics;
using System.Runtime.Intrinsics;

namespace Reverie.Environments.CarRacing;

/// <summary>Makes pictures smaller by weighted means, x before y, each pass rounded to bytes. Not thread-safe.</summary>
internal sealed class Resampling
{
    private const int Channels = 3;

    private readonly int width, height, toWidth, toHeight;
    private readonly Cell[] columns, rows;
    private readonly float[] wide, narrow, lower;     // a row; all rows made narrow; one made of them; with room for a vector

    private Resampling((int Width, int Height) from, (int Width, int Height) to, double reach, Weight weight)
    {
        (width, height) = from;
        (toWidth, toHeight) = to;
        (columns, rows) = (Cells(width, toWidth, reach, weight), Cells(height, toHeight, reach, weight));
        wide = new float[Channels * width + Vector128<float>.Count];
        narrow = new float[Channels * toWidth * height + Vector<float>.Count];
        lower = new float[Channels * toWidth + Vector<float>.Count];
    }

    // Of pixel [p, p + 1) in the cell [from, to).
    private delegate double Weight(int pixel, double from, double to);

    /// <summary>Every pixel counts by the part of it that lies in the cell.</summary>
    internal static Resampling Area((int Width, int Height) from, (int Width, int Height) to) =>
        new(from, to, 0.5, (pixel, start, end) => Math.Max(0, Math.Min(pixel + 1, end) - Math.Max(pixel, start)));

    /// <summary>A triangle over two cells: what Pillow calls bilinear.</summary>
    internal static Resampling Triangle((int Width, int Height) from, (int Width, int Height) to) =>
        new(from, to, 1, (pixel, start, end) =>
            Math.Max(0, 1 - Math.Abs(pixel + 0.5 - (start + end) / 2) / (end - start)));

    /// <summary>A smaller picture of one that is (height, width, 3).</summary>
    internal byte[] Apply(ReadOnlySpan<byte> picture)
    {
        var row = Channels * width;
        for (var y = 0; y < height; y++)
        {
            for (var i = 0; i < row; i++) wide[i] = picture[row * y + i];
            Narrow(narrow.AsSpan(Channels * toWidth * y));
        }
        var small = new byte[Channels * toWidth * toHeight];
        for (var y = 0; y < toHeight; y++)
            Lower(rows[y], small.AsSpan(Channels * toWidth * y, Channels * toWidth));
        return small;
    }

    // A row of pixels, whose channels are weighed side by side: a vector takes the first of the next pixel along.
    private void Narrow(Span<float> to)
    {
        for (var x = 0; x < toWidth; x++)
        {
            var (first, weights) = columns[x];
            var sum = Vector128.Create(0.5f);
            for (var k = 0; k < weights.Length; k++)
                sum += weights[k] * Vector128.Create<float>(wide.AsSpan(Channels * (first + k)));
            Vector128.Floor(sum).CopyTo(to[(Channels * x)..]);
        }
    }

    // Rows that are weighed, all their values side by side.
    private void Lower(Cell cell, Span<byte> to)
    {
        var lanes = Channels * toWidth;
        for (var lane = 0; lane < lanes; lane += Vector<float>.Count)
        {
            var sum = new Vector<float>(0.5f);
            for (var k = 0; k < cell.Weights.Length; k++)
                sum += cell.Weights[k] * new Vector<float>(narrow, (cell.First + k) * lanes + lane);
            sum.CopyTo(lower, lane);
        }
        for (var lane = 0; lane < lanes; lane++) to[lane] = (byte)lower[lane];
    }

    private static Cell[] Cells(int pixels, int count, double reach, Weight weight)
    {
        var size = (double)pixels / count;
        return [.. Enumerable.Range(0, count).Select(cell =>
        {
            var (start, end) = (cell * size, (cell + 1) * size);
            var middle = (start + end) / 2;
            var first = Math.Max(0, (int)Math.Floor(middle - reach * size));
            var last = Math.Min(pixels, (int)Math.Ceiling(middle + reach * size));
            var weights = Enumerable.Range(first, last - first).Select(pixel => weight(pixel, start, end)).ToArray();
            var sum = weights.Sum();
            return new Cell(first, Array.ConvertAll(weights, one => (float)(one / sum)));
        })];
    }

    private sealed record Cell(int First, float[] Weights);
}
