using Reverie.Pictures;

namespace Reverie.Curves;

/// <summary>A plot as pixels, saved as PNG.</summary>
internal sealed class RasterSurface(int width, int height) : IPlotSurface
{
    private const int Letter = 2, Dash = 9, Gap = 7;
    private readonly Canvas canvas = new(width, height, 0xFFFFFF);

    public int Width => width;

    public int Height => height;

    public void Line(IReadOnlyList<(double X, double Y)> points, double width, int color, double opacity = 1)
        => canvas.Line(points, width, color, opacity);

    public void Dashes(double left, double right, double y, double width, int color)
    {
        for (double x = left; x < right; x += Dash + Gap)
        {
            int from = (int)Math.Round(x), to = (int)Math.Round(Math.Min(right, x + Dash));
            canvas.Fill(from, (int)Math.Round(y - width / 2), to - from, (int)Math.Max(1, Math.Round(width)), color);
        }
    }

    public void Area(IReadOnlyList<(double X, double Y)> outline, int color, double opacity)
        => canvas.Area(outline, color, opacity);

    public void Text(string text, double x, double y, PlotAnchor anchor, int color, bool turned = false)
    {
        double shift = Measure(text) * (int)anchor / 2;
        if (turned)
            canvas.Text(text, (int)Math.Round(x) - BitmapFont.Ascent * Letter, (int)Math.Round(y + shift), color,
                Letter, turned: true);
        else
            canvas.Text(text, (int)Math.Round(x - shift), (int)Math.Round(y) - BitmapFont.Ascent * Letter, color,
                Letter);
    }

    public double Measure(string text) => BitmapFont.Measure(text) * Letter;

    public void Save(Stream stream) => PngImage.Write(stream, canvas.Rgb, width, height);
}
