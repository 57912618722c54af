using System.Numerics;
using System.Runtime.InteropServices;

namespace Reverie.Environments.CarRacing;

/// <summary>
/// Shrinks a picture by means over areas, x before y, in fixed point that is rounded down in each pass; as pygame's
/// generic code does, to the last bit.
/// </summary>
/// <remarks>
/// A cell of the result is often of one paint, and what comes of that is known beforehand: so runs of one paint are
/// copied, and only the cells between two runs are added up.
/// </remarks>
internal sealed class Shrink
{
    private const int One = 1 << 16;
    private const int Lane = 21;              // bits of a colour's sum
    private const ulong LaneMask = (1 << Lane) - 1;

    private readonly Cells columns, rows;
    private readonly byte[] palette;
    private readonly ulong[] whole;       // of each paint, packed
    private readonly ushort[][] plain;    // of each paint: a whole row of it after the pass over x, (width · 3)
    private readonly ushort[] line, sums, part;

    /// <param name="palette">Red, green and blue of each paint.</param>
    /// <param name="from">Width and height of what is shrunk.</param>
    /// <param name="to">Width and height of the result, not larger.</param>
    internal Shrink(byte[] palette, (int Width, int Height) from, (int Width, int Height) to)
    {
        this.palette = palette;
        (columns, rows) = (new Cells(from.Width, to.Width), new Cells(from.Height, to.Height));
        // Whole vectors, so that no loop has an end of its own.
        var length = (3 * to.Width + Vector<ushort>.Count - 1) / Vector<ushort>.Count * Vector<ushort>.Count;
        (line, sums, part) = (new ushort[length], new ushort[length], new ushort[length]);
        plain = new ushort[palette.Length / 3][];
        whole = [.. Enumerable.Range(0, plain.Length).Select(paint => Packed((Paint)paint, One))];
        var row = new Paint[from.Width];
        for (var paint = 0; paint < plain.Length; paint++)
        {
            row.AsSpan().Fill((Paint)paint);
            for (var cell = 0; cell < to.Width; cell++)
                AddUp(row, cell);
            plain[paint] = [.. line];
        }
    }

    /// <summary>Writes rows from top to bottom, red, green and blue in turns.</summary>
    internal void Apply(Rasteriser picture, Span<byte> rgb)
    {
        var width = 3 * columns.Count;
        sums.AsSpan().Clear();
        var cell = 0;
        for (var row = 0; row < picture.Height; row++)
        {
            ShrinkRow(picture.Row(row));
            if (row < rows.Last[cell])
                Add(sums, line);
            else
            {
                // The row that straddles two cells gives each its share.
                Share(line, part, rows.LastShare[cell]);
                Add(sums, part);
                for (var i = 0; i < width; i++)
                    rgb[cell * width + i] = (byte)((uint)(sums[i] * rows.Inverse) >> 16);
                Share(line, sums, One - rows.LastShare[cell]);
                if (++cell == rows.Count)
                    return;
            }
        }
    }

    private void ShrinkRow(ReadOnlySpan<Paint> row)
    {
        var bytes = MemoryMarshal.AsBytes(row);
        var cell = 0;
        while (cell < columns.Count)
        {
            var start = columns.First[cell];
            var length = bytes[start..].IndexOfAnyExcept(bytes[start]);
            var end = length < 0 ? columns.Count : columns.Ending(start + length);
            if (end > cell)
                plain[bytes[start]].AsSpan(3 * cell, 3 * (end - cell)).CopyTo(line.AsSpan(3 * cell));
            if (end < columns.Count)
                AddUp(row, end);
            cell = Math.Max(cell, end) + 1;
        }
    }

    private void AddUp(ReadOnlySpan<Paint> row, int cell)
    {
        var (first, last) = (columns.First[cell], columns.Last[cell]);
        var sum = Packed(row[first], columns.FirstShare[cell]) + Packed(row[last], columns.LastShare[cell]);
        for (var x = first + 1; x < last; x++)
            sum += whole[(int)row[x]];
        for (var channel = 0; channel < 3; channel++, sum >>= Lane)
            line[3 * cell + channel] = (ushort)((uint)((int)(sum & LaneMask) * columns.Inverse) >> 16);
    }

    // Red, green and blue of a share of a pixel, side by side in one number, so that one sum serves all three.
    private ulong Packed(Paint paint, int share)
    {
        var colour = palette.AsSpan(3 * (int)paint, 3);
        return Part(colour[0]) + (Part(colour[1]) << Lane) + (Part(colour[2]) << (2 * Lane));

        ulong Part(byte value) => (uint)(value * share) >> 16;
    }

    private static void Add(ushort[] sums, ushort[] addends)
    {
        for (var i = 0; i < sums.Length; i += Vector<ushort>.Count)
            (new Vector<ushort>(sums, i) + new Vector<ushort>(addends, i)).CopyTo(sums, i);
    }

    private static void Share(ushort[] from, ushort[] to, int share)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = (ushort)(from[i] * share >> 16);
    }

    // Which pixels a cell takes: from First, of which FirstShare in 65536, to Last, of which LastShare.
    private sealed class Cells
    {
        internal Cells(int pixels, int count)
        {
            Count = count;
            var step = (int)((long)One * pixels / count);
            Inverse = (int)((1L << 32) / step);
            (First, Last, FirstShare, LastShare) = (new int[count], new int[count], new int[count], new int[count]);
            var (pixel, share) = (0, One);
            for (var cell = 0; cell < count; cell++)
            {
                (First[cell], FirstShare[cell]) = (pixel, share);
                var left = step - share;
                for (pixel++; left > One; pixel++)
                    left -= One;
                (Last[cell], LastShare[cell]) = (pixel, left);
                share = One - left;
            }
        }

        internal int Count { get; }

        internal int Inverse { get; }

        internal int[] First { get; }

        internal int[] Last { get; }

        internal int[] FirstShare { get; }

        internal int[] LastShare { get; }

        // The first cell that needs a pixel from that one on.
        internal int Ending(int pixel)
        {
            var place = Array.BinarySearch(Last, pixel);
            return place >= 0 ? place : ~place;
        }
    }
}
