namespace Reverie.Environments.CarRacing;

/// <summary>Makes pictures smaller by weighted means, x before y, each pass rounded to bytes. Not thread-safe.</summary>
internal sealed class Resampling
{
    private const int Channels = 3;

    private readonly int width, height, toWidth, toHeight;
    private readonly Cell[] columns, rows;
    private readonly byte[] narrow;

    private Resampling((int Width, int Height) from, (int Width, int Height) to, double reach, Weight weight)
    {
        (width, height) = from;
        (toWidth, toHeight) = to;
        (columns, rows) = (Cells(width, toWidth, reach, weight), Cells(height, toHeight, reach, weight));
        narrow = new byte[Channels * toWidth * height];
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
        for (var y = 0; y < height; y++)
            Pass(picture[(Channels * width * y)..], narrow.AsSpan(Channels * toWidth * y), columns, Channels);
        var small = new byte[Channels * toWidth * toHeight];
        Pass(narrow, small, rows, Channels * toWidth);
        return small;
    }

    // `lanes` values lie side by side in each of the places that are weighed.
    private static void Pass(ReadOnlySpan<byte> from, Span<byte> to, Cell[] cells, int lanes)
    {
        for (var c = 0; c < cells.Length; c++)
        {
            var (first, weights) = cells[c];
            for (var lane = 0; lane < lanes; lane++)
            {
                var sum = 0.5f;
                for (var k = 0; k < weights.Length; k++)
                    sum += weights[k] * from[(first + k) * lanes + lane];
                to[c * lanes + lane] = (byte)sum;
            }
        }
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
