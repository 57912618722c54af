using System.Globalization;
using System.Security;
using System.Text;

namespace Reverie.Curves;

/// <summary>A plot as SVG 1.1 text.</summary>
internal sealed class SvgSurface : IPlotSurface
{
    private const int FontSize = 16;
    private readonly StringBuilder svg = new();

    public SvgSurface(int width, int height)
    {
        (Width, Height) = (width, height);
        Append($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" """);
        Append($"""viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif" """);
        Append($"""font-size="{FontSize}">{'\n'}<rect width="{width}" height="{height}" fill="#ffffff"/>{'\n'}""");
    }

    public int Width { get; }

    public int Height { get; }

    public void Line(IReadOnlyList<(double X, double Y)> points, double width, int color, double opacity = 1)
    {
        Append($"""<polyline fill="none" stroke="#{color:x6}" stroke-width="{width}" stroke-opacity="{opacity}" """);
        Append($"""stroke-linejoin="round" stroke-linecap="round" points="{Places(points)}"/>{'\n'}""");
    }

    public void Dashes(double left, double right, double y, double width, int color)
    {
        Append($"""<line x1="{left:0.##}" y1="{y:0.##}" x2="{right:0.##}" y2="{y:0.##}" stroke="#{color:x6}" """);
        Append($"""stroke-width="{width}" stroke-dasharray="9 7"/>{'\n'}""");
    }

    public void Area(IReadOnlyList<(double X, double Y)> outline, int color, double opacity)
        => Append($"""<polygon fill="#{color:x6}" fill-opacity="{opacity}" points="{Places(outline)}"/>{'\n'}""");

    public void Text(string text, double x, double y, PlotAnchor anchor, int color, bool turned = false)
    {
        string side = anchor.ToString().ToLowerInvariant();
        string turn = turned ? FormattableString.Invariant($" transform=\"rotate(-90 {x:0.##} {y:0.##})\"") : "";
        Append($"""<text x="{x:0.##}" y="{y:0.##}" text-anchor="{side}" fill="#{color:x6}"{turn}>""");
        Append($"{SecurityElement.Escape(text)}</text>\n");
    }

    /// <summary>An upper guess: the reader's font is not known.</summary>
    public double Measure(string text) => text.Length * FontSize * 0.56;

    public void Save(Stream stream) => stream.Write(Encoding.UTF8.GetBytes(svg + "</svg>\n"));

    private static string Places(IReadOnlyList<(double X, double Y)> points)
        => string.Join(' ', points.Select(p => FormattableString.Invariant($"{p.X:0.##},{p.Y:0.##}")));

    private void Append(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
