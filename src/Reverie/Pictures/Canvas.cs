namespace Reverie.Pictures;

/// <summary>An RGB picture to draw on: rectangles, enlarged pictures, text, and anti-aliased lines and areas.</summary>
/// <remarks>Colours are packed 0xRRGGBB. Pixel (x, y) covers the square from x, y to x+1, y+1. What lies outside is cut
/// off.</remarks>
internal sealed class Canvas
{
    public Canvas(int width, int height, int background)
    {
        (Width, Height) = (width, height);
        Rgb = new byte[width * height * 3];
        Fill(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>uint8 (Height, Width, 3).</summary>
    public byte[] Rgb { get; }

    public int this[int x, int y]
    {
        get
        {
            int i = (y * Width + x) * 3;
            return Rgb[i] << 16 | Rgb[i + 1] << 8 | Rgb[i + 2];
        }
    }

    public void Fill(int left, int top, int width, int height, int color)
    {
        for (int y = Math.Max(0, top); y < Math.Min(Height, top + height); y++)
            for (int x = Math.Max(0, left); x < Math.Min(Width, left + width); x++)
                Set(x, y, color);
    }

    /// <summary>A picture (height, width, 3) with every pixel made a square of <paramref name="scale"/>.</summary>
    public void Blit(ReadOnlySpan<byte> rgb, int width, int height, int left, int top, int scale)
    {
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++, i += 3)
                Fill(left + x * scale, top + y * scale, scale, scale, rgb[i] << 16 | rgb[i + 1] << 8 | rgb[i + 2]);
    }

    /// <summary>Text whose top left corner is given; upright, or turned to read from bottom to top with
    /// <paramref name="top"/> as its lower end.</summary>
    public void Text(string text, int left, int top, int color, int scale = 1, bool turned = false)
        => BitmapFont.Draw(text, (x, y) =>
        {
            if (turned)
                Fill(left + y * scale, top - (x + 1) * scale, scale, scale, color);
            else
                Fill(left + x * scale, top + y * scale, scale, scale, color);
        });

    /// <summary>Joins points with round-ended strokes, each pixel blended once however many strokes cover it.</summary>
    public void Line(IReadOnlyList<(double X, double Y)> points, double width, int color, double opacity)
    {
        var cover = new float[Width * Height];
        double reach = width / 2 + 0.5;
        for (int i = 0; i + 1 < points.Count; i++)
        {
            ((double ax, double ay), (double bx, double by)) = (points[i], points[i + 1]);
            double dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
            int right = Clip(Math.Max(ax, bx) + reach + 1, Width), bottom = Clip(Math.Max(ay, by) + reach + 1, Height);
            for (int y = Clip(Math.Min(ay, by) - reach, Height); y < bottom; y++)
                for (int x = Clip(Math.Min(ax, bx) - reach, Width); x < right; x++)
                {
                    double px = x + 0.5 - ax, py = y + 0.5 - ay;
                    double along = square == 0 ? 0 : Math.Clamp((px * dx + py * dy) / square, 0, 1);
                    double distance = double.Hypot(px - along * dx, py - along * dy);
                    float covered = (float)Math.Clamp(reach - distance, 0, 1);
                    cover[y * Width + x] = Math.Max(cover[y * Width + x], covered);
                }
        }
        Blend(cover, color, opacity);
    }

    /// <summary>Fills the inside of a closed outline (even-odd), four sub-rows a row.</summary>
    public void Area(IReadOnlyList<(double X, double Y)> outline, int color, double opacity)
    {
        const int SubRows = 4;
        var cover = new float[Width * Height];
        var crossings = new List<double>();
        for (int row = 0; row < Height * SubRows; row++)
        {
            double y = (row + 0.5) / SubRows;
            crossings.Clear();
            for (int i = 0; i < outline.Count; i++)
            {
                ((double ax, double ay), (double bx, double by)) = (outline[i], outline[(i + 1) % outline.Count]);
                if (ay <= y != by <= y)
                    crossings.Add(ax + (y - ay) / (by - ay) * (bx - ax));
            }
            crossings.Sort();
            for (int i = 0; i + 1 < crossings.Count; i += 2)
                for (int x = Clip(crossings[i], Width); x < Clip(crossings[i + 1] + 1, Width); x++)
                    cover[row / SubRows * Width + x] += (float)Math.Max(0,
                        Math.Min(x + 1, crossings[i + 1]) - Math.Max(x, crossings[i])) / SubRows;
        }
        Blend(cover, color, opacity);
    }

    private static int Clip(double value, int end) => (int)Math.Clamp(Math.Floor(value), 0, end);

    private void Blend(float[] cover, int color, double opacity)
    {
        for (int i = 0; i < cover.Length; i++)
            if (cover[i] > 0)
                for (int c = 0; c < 3; c++)
                {
                    ref byte old = ref Rgb[3 * i + c];
                    double share = Math.Min(1, cover[i]) * opacity;
                    old = (byte)Math.Round(old + ((color >> 16 - 8 * c & 255) - old) * share);
                }
    }

    private void Set(int x, int y, int color)
    {
        int i = (y * Width + x) * 3;
        (Rgb[i], Rgb[i + 1], Rgb[i + 2]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
    }
}
