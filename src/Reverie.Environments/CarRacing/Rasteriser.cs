namespace Reverie.Environments.CarRacing;

/// <summary>Fills convex polygons; of several the last one counts. No smoothing.</summary>
/// <remarks>
/// By the rule of OpenGL a pixel belongs to a polygon that contains its centre. By that of pygame corners are whole
/// pixels, and everything that the outline passes through belongs to it too.
/// </remarks>
internal sealed class Rasteriser
{
    private const int MostCorners = 8;

    private readonly Paint[] pixels;
    private readonly int[] left, right;    // of each row: the first column that is inside, the first one that is not
    private readonly bool outlines;

    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="outlines">Whether pygame's rule holds.</param>
    internal Rasteriser(int width, int height, bool outlines)
    {
        (Width, Height, this.outlines) = (width, height, outlines);
        (left, right) = (new int[height], new int[height]);
        pixels = new Paint[width * height];
    }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>One row of pixels, from the left; row 0 is the top.</summary>
    internal ReadOnlySpan<Paint> Row(int row) => pixels.AsSpan(row * Width, Width);

    internal void Clear(Paint paint) => pixels.AsSpan().Fill(paint);

    /// <summary>Fills a polygon.</summary>
    /// <param name="corners">x and y in turns, in its own coordinates, at most 8 corners.</param>
    /// <param name="toPixels">From those to pixels, y downwards.</param>
    /// <param name="paint">What is put there.</param>
    internal void Fill(ReadOnlySpan<double> corners, in Affine toPixels, Paint paint)
    {
        Span<double> places = stackalloc double[2 * MostCorners];
        places = places[..corners.Length];
        toPixels.Apply(corners, places);
        var (top, bottom) = (double.PositiveInfinity, double.NegativeInfinity);
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < places.Length; i += 2)
        {
            if (outlines)
                (places[i], places[i + 1]) = (Math.Floor(places[i]) + 0.5, Math.Floor(places[i + 1]) + 0.5);
            (least, most) = (Math.Min(least, places[i]), Math.Max(most, places[i]));
            (top, bottom) = (Math.Min(top, places[i + 1]), Math.Max(bottom, places[i + 1]));
        }
        if (most <= 0 || least >= Width || bottom <= 0 || top >= Height)
            return;
        var (first, end) = (First(top, Height), End(bottom, Height));
        left.AsSpan(first, end - first).Fill(Width);
        right.AsSpan(first, end - first).Clear();
        for (var i = 0; i < places.Length; i += 2)
        {
            var next = i + 2 == places.Length ? 0 : i + 2;
            Trace(places[i], places[i + 1], places[next], places[next + 1]);
        }
        for (var row = first; row < end; row++)
            if (left[row] < right[row])
                pixels.AsSpan(row * Width + left[row], right[row] - left[row]).Fill(paint);
    }

    // Widens the rows that an edge passes.
    private void Trace(double x0, double y0, double x1, double y1)
    {
        if (y0 > y1)
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
        var (first, end) = (First(y0, Height), End(y1, Height));
        var slope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
        for (var row = first; row < end; row++)
        {
            var x = x0 + (row + 0.5 - y0) * slope;
            left[row] = Math.Min(left[row], outlines ? (int)Math.Clamp(x, 0, Width) : First(x, Width));
            right[row] = Math.Max(right[row], End(x, Width));
        }
    }

    // The first pixel whose centre is not before the place.
    private static int First(double place, int size) => (int)Math.Clamp(Math.Ceiling(place - 0.5), 0, size);

    // The first pixel that is not inside any more.
    private int End(double place, int size) =>
        outlines ? (int)Math.Clamp(Math.Floor(place) + 1, 0, size) : First(place, size);
}
