namespace Reverie.Pictures;

/// <summary>The five row filters of PNG, by their number in the file.</summary>
internal enum PngFilter : byte
{
    None, Sub, Up, Average, Paeth,
}

internal static class PngFilters
{
    /// <summary>What the filter expects of a byte, given those one pixel left, above, and above left.</summary>
    public static int Predict(this PngFilter filter, byte left, byte above, byte corner) => filter switch
    {
        PngFilter.None => 0,
        PngFilter.Sub => left,
        PngFilter.Up => above,
        PngFilter.Average => (left + above) / 2,
        PngFilter.Paeth => Paeth(left, above, corner),
        _ => throw new InvalidDataException($"unknown row filter {(byte)filter}"),
    };

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
