namespace Reverie.Curves;

/// <summary>A part of a surface, with places of its own.</summary>
internal sealed class PanelSurface(IPlotSurface outer, int left, int top, int width, int height) : IPlotSurface
{
    public int Width => width;

    public int Height => height;

    public void Line(IReadOnlyList<(double X, double Y)> points, double thickness, int color, double opacity = 1) =>
        outer.Line(Moved(points), thickness, color, opacity);

    public void Dashes(double from, double to, double y, double thickness, int color) =>
        outer.Dashes(left + from, left + to, top + y, thickness, color);

    public void Area(IReadOnlyList<(double X, double Y)> outline, int color, double opacity) =>
        outer.Area(Moved(outline), color, opacity);

    public void Text(string text, double x, double y, PlotAnchor anchor, int color, bool turned = false) =>
        outer.Text(text, left + x, top + y, anchor, color, turned);

    public double Measure(string text) => outer.Measure(text);

    public void Save(Stream stream) => outer.Save(stream);

    private (double, double)[] Moved(IReadOnlyList<(double X, double Y)> points) =>
        [.. points.Select(point => (left + point.X, top + point.Y))];
}
