using System.Runtime.CompilerServices;

namespace Reverie.Pictures;

/// <summary>The five row filters of PNG, by their number in the file.</summary>
internal enum PngFilter : byte
{
    None, Sub, Up, Average, Paeth,
}

internal static class PngFilters
{
    /// <summary>What the filter expects of a byte, given those one pixel left, above, and above left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Predict(this PngFilter filter, byte left, byte above, byte corner) => filter switch
    {
        PngFilter.None => 0,
        PngFilter.Sub => left,
        PngFilter.Up => above,
        PngFilter.Average => (left + above) / 2,
        PngFilter.Paeth => Paeth(left, above, corner),
        _ => throw new InvalidDataException($"unknown row filter {(byte)filter}"),
    };

    /// <summary>A row without what the filter expects of it; returns the sum of its sizes as signed bytes.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="row">The row behind a pixel of zeros.</param>
    /// <param name="above">The row above it, likewise.</param>
    /// <param name="pixel">Bytes of a pixel.</param>
    /// <param name="rest">Takes as many bytes as the row has.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Subtract(
        this PngFilter filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixel, Span<byte> rest)
    {
        long size = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = (byte)(row[i + pixel] - filter.Predict(row[i], above[i + pixel], above[i]));
            size += Math.Abs((int)(sbyte)rest[i]);
        }
        return size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Paeth(int left, int above, int corner)
    {
        int toLeft = Math.Abs(above - corner);
        int toAbove = Math.Abs(left - corner);
        int toCorner = Math.Abs(left + above - 2 * corner);
        if (toLeft <= toAbove && toLeft <= toCorner)
            return left;
        return toAbove <= toCorner ? above : corner;
    }
}
