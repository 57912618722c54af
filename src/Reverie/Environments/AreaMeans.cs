using System.Numerics;

namespace Reverie.Environments;

/// <summary>Makes pictures of another size by means over areas: every pixel counts by the part of it that lies in the cell
/// of a new one. Rows are added up first, whole, since they are many. Not thread-safe.</summary>
internal sealed class AreaMeans
{
    private readonly int channels, toWidth, toHeight;
    private readonly Cell[] columns, rows;
    private readonly float[] line;

    /// <summary>From pictures of one size to pictures of another, larger or smaller.</summary>
    public AreaMeans((int Height, int Width) from, (int Height, int Width) to, int channels = 3)
    {
        (this.channels, toHeight, toWidth) = (channels, to.Height, to.Width);
        (columns, rows) = (Cells(from.Width, to.Width), Cells(from.Height, to.Height));
        line = new float[channels * from.Width];
    }

    /// <summary>A new picture of one that is (height, width, channels).</summary>
    public byte[] Apply(ReadOnlySpan<byte> picture)
    {
        var made = new byte[channels * toHeight * toWidth];
        for (var row = 0; row < toHeight; row++)
        {
            var (first, weights) = rows[row];
            Array.Clear(line);
            for (var k = 0; k < weights.Length; k++)
                Add(picture.Slice((first + k) * line.Length, line.Length), weights[k]);
            Narrow(made.AsSpan(row * channels * toWidth));
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
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0.5f;
                for (var k = 0; k < weights.Length; k++)
                    sum += weights[k] * line[channels * (first + k) + channel];
                to[channels * column + channel] = (byte)sum;
            }
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
