using System.Numerics;

namespace Reverie.Environments.Gymnasium;

/// <summary>Makes pictures of another size by means over areas: every pixel counts by the part of it that lies in the cell
/// of a new one. Rows are added up first, whole, since they are many. Not thread-safe.</summary>
internal sealed class AreaMeans
{
    private const int Channels = 3;

    private readonly int width, toWidth, toHeight;
    private readonly Cell[] columns, rows;
    private readonly float[] line;

    /// <summary>From pictures of one size to pictures of another, larger or smaller.</summary>
    public AreaMeans((int Height, int Width) from, (int Height, int Width) to)
    {
        (width, toHeight, toWidth) = (from.Width, to.Height, to.Width);
        (columns, rows) = (Cells(from.Width, to.Width), Cells(from.Height, to.Height));
        line = new float[Channels * width];
    }

    /// <summary>A new picture of one that is (height, width, 3).</summary>
    public byte[] Apply(ReadOnlySpan<byte> picture)
    {
        var made = new byte[Channels * toHeight * toWidth];
        for (var row = 0; row < toHeight; row++)
        {
            var (first, weights) = rows[row];
            Array.Clear(line);
            for (var k = 0; k < weights.Length; k++)
                Add(picture.Slice((first + k) * line.Length, line.Length), weights[k]);
            Narrow(made.AsSpan(row * Channels * toWidth));
        }
        return made;
    }

    private void Add(ReadOnlySpan<byte> row, float weight)
    {
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Add(a, i, weight);
            Add(b, i + Vector<float>.Count, weight);
            Add(c, i + 2 * Vector<float>.Count, weight);
            Add(d, i + 3 * Vector<float>.Count, weight);
        }
        for (; i < row.Length; i++)
            line[i] += weight * row[i];
    }

    private void Add(Vector<uint> values, int place, float weight) =>
        (new Vector<float>(line, place) + weight * Vector.ConvertToSingle(Vector.AsVectorInt32(values)))
            .CopyTo(line, place);

    private void Narrow(Span<byte> to)
    {
        for (var column = 0; column < toWidth; column++)
        {
            var (first, weights) = columns[column];
            var (red, green, blue) = (0.5f, 0.5f, 0.5f);
            for (var k = 0; k < weights.Length; k++)
            {
                var from = line.AsSpan(Channels * (first + k), Channels);
                red += weights[k] * from[0];
                green += weights[k] * from[1];
                blue += weights[k] * from[2];
            }
            var pixel = to.Slice(Channels * column, Channels);
            (pixel[0], pixel[1], pixel[2]) = ((byte)red, (byte)green, (byte)blue);
        }
    }

    private static Cell[] Cells(int pixels, int count)
    {
        var size = (double)pixels / count;
        return [.. Enumerable.Range(0, count).Select(cell =>
        {
            var (start, end) = (cell * size, (cell + 1) * size);
            var first = (int)Math.Floor(start);
            var last = Math.Min(pixels, (int)Math.Ceiling(end));
            return new Cell(first, [.. Enumerable.Range(first, last - first)
                .Select(pixel => (float)((Math.Min(pixel + 1, end) - Math.Max(pixel, start)) / size))]);
        })];
    }

    private sealed record Cell(int First, float[] Weights);
}
