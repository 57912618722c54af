using Reverie.Pictures;

namespace Reverie.Curves;

/// <summary>Lays a learning curve out and draws it, the same on either surface.</summary>
internal sealed class CurveDrawing
{
    private const int Ink = 0x2B2F36, Faint = 0x6A717C, Grid = 0xE4E7EB;
    private const int Left = 86, Right = 28, Bottom = 66, LegendLine = 24, Gap = 10;

    /// <summary>Colours that people with any colour vision tell apart (Okabe and Ito, 2008).</summary>
    internal static readonly int[] Colors
        = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x7A5195, 0x444444];

    private readonly IPlotSurface surface;
    private readonly List<CurveSeries> series;
    private readonly LearningCurveOptions options;
    private readonly List<(double X, double Y, string Text, int Color, bool Faint)> legend = [];
    private readonly PlotScale x;
    private readonly PlotScale y;
    private readonly double top;
    private readonly double right;

    private readonly IReadOnlyList<int> colors;

    /// <param name="surface">What it is drawn on.</param>
    /// <param name="series">What is drawn.</param>
    /// <param name="options">How.</param>
    /// <param name="colors">Number of the colour of each series; its place unless said.</param>
    public CurveDrawing(IPlotSurface surface, List<CurveSeries> series, LearningCurveOptions options,
        IReadOnlyList<int>? colors = null)
    {
        (this.surface, this.series, this.options) = (surface, series, options);
        this.colors = [.. (colors ?? [.. Enumerable.Range(0, series.Count)]).Select(color => Colors[color % Colors.Length])];
        top = PlaceLegend() + 20;
        double names = options.References.Select(one => surface.Measure(one.Name) + Gap).DefaultIfEmpty(0).Max();
        right = surface.Width - Right - Math.Min(names, surface.Width / 2);
        (double Low, double High) x = Range(this.series.SelectMany(s => s.Mean.Select(p => p.X)
            .Concat(s.Faint.SelectMany(f => f.Select(p => p.X)))));
        (double Low, double High) y = Range(series.SelectMany(s => s.Mean.SelectMany(p => new[] { p.Y, p.Low, p.High })
            .Concat(s.Faint.SelectMany(f => f.Select(p => p.Y))))
            .Concat(options.References.Select(reference => reference.Value)));
        // Zero belongs to the picture where the values reach far enough down to make it worth the room.
        double low = y.Low > 0 && y.Low < y.High / 2 ? 0 : y.Low;
        this.x = new PlotScale(Math.Min(0, x.Low), x.High, Left, right, (int)(right - Left) / 110, round: false);
        this.y = new PlotScale(low, y.High, surface.Height - Bottom, top, Math.Max(2, surface.Height / 90), round: true);
    }

    public void Draw()
    {
        DrawAxes();
        DrawReferences();
        for (int i = 0; i < series.Count; i++)
            DrawSeries(series[i], colors[i]);
        foreach ((double x, double y, string text, int color, bool faint) in legend)
        {
            surface.Line([(x, y - 6), (x + 24, y - 6)], faint ? 1.5 : 3, color, faint ? 0.45 : 1);
            surface.Text(text, x + 34, y, PlotAnchor.Start, Ink);
        }
    }

    /// <summary>The pixel of a point, for tests of what is drawn there.</summary>
    internal (double X, double Y) Pixel(double x, double y) => (this.x.Pixel(x), this.y.Pixel(y));

    /// <summary>Fills the legend in lines from left to right and returns where its last line stands.</summary>
    private double PlaceLegend()
    {
        double x = Left, y = 60;
        for (int i = 0; i < series.Count; i++)
            foreach ((string text, bool faint) in Entries(series[i]))
            {
                double width = 34 + surface.Measure(text) + 28;
                if (x > Left && x + width > surface.Width - Right)
                    (x, y) = (Left, y + LegendLine);
                legend.Add((x, y, text, colors[i], faint));
                x += width;
            }
        return y;
    }

    private IEnumerable<(string Text, bool Faint)> Entries(CurveSeries series)
    {
        bool band = series.Mean.Any(p => p.High > p.Low);
        string spread = !band ? "" : options.Band == CurveBand.Std ? ", 1 std" : ", min to max";
        if (this.series.Count > 1)
        {
            string name = series.Runs > 1 ? $"{series.Name} ({series.Runs} runs)" : series.Name;
            yield return (name, series.Mean.Count == 0);
            yield break;
        }
        string runs = series.Runs > 1 ? $" of {series.Runs} runs" : "";
        if (series.Mean.Count > 0)
            yield return ($"{options.Kind} (mean{runs}{spread})", false);
        if (series.Faint.Count > 0)
            yield return ($"{options.FaintKind}", true);
    }

    private void DrawAxes()
    {
        double right = this.right, bottom = surface.Height - Bottom;
        string title = options.Title ?? (series.Count == 1 ? series[0].Name : options.Metric);
        surface.Text(title, Left, 30, PlotAnchor.Start, Ink);
        foreach ((double value, string label) in y.Ticks())
        {
            double y = Math.Round(this.y.Pixel(value)) + 0.5;
            surface.Line([(Left, y), (right, y)], 1, Grid);
            surface.Text(label, Left - 12, y + 6, PlotAnchor.End, Faint);
        }
        foreach ((double value, string label) in x.Ticks())
        {
            double x = Math.Round(this.x.Pixel(value)) + 0.5;
            surface.Line([(x, top), (x, bottom)], 1, Grid);
            surface.Line([(x, bottom), (x, bottom + 5)], 1, Faint);
            surface.Text(label, x, bottom + 26, PlotAnchor.Middle, Faint);
        }
        surface.Line([(Left, bottom + 0.5), (right, bottom + 0.5)], 1, Faint);
        surface.Text(XLabel(), (Left + right) / 2, bottom + 54, PlotAnchor.Middle, Ink);
        surface.Text(options.Metric, 26, (top + bottom) / 2, PlotAnchor.Middle, Ink, turned: true);
    }

    /// <summary>Dashed lines with their names at the right, the highest first; a name that would lie on the one above
    /// it moves down.</summary>
    private void DrawReferences()
    {
        const double Letters = 20;
        double free = double.NegativeInfinity;
        foreach (CurveReference reference in options.References.OrderByDescending(one => one.Value))
        {
            double y = Math.Round(this.y.Pixel(reference.Value)) + 0.5, baseline = Math.Max(y + 6, free);
            surface.Dashes(Left, right, y, 1.5, Faint);
            surface.Text(reference.Name, right + Gap, baseline, PlotAnchor.Start, Faint);
            free = baseline + Letters;
        }
    }

    private void DrawSeries(CurveSeries series, int color)
    {
        foreach (IReadOnlyList<(double X, double Y)> line in series.Faint)
            surface.Line([.. line.Select(p => Pixel(p.X, p.Y))], 1.5, color, series.Mean.Count == 0 ? 0.8 : 0.3);
        if (series.Mean.Count == 0)
            return;
        if (series.Mean.Any(p => p.High > p.Low))
            surface.Area([.. series.Mean.Select(p => Pixel(p.X, p.High)),
                .. series.Mean.Reverse().Select(p => Pixel(p.X, p.Low))], color, 0.16);
        surface.Line([.. series.Mean.Select(p => Pixel(p.X, p.Y))], 2.5, color);
        if (series.Mean.Count <= 60)
            foreach (BandPoint p in series.Mean)
                surface.Line([Pixel(p.X, p.Y), Pixel(p.X, p.Y)], 6.5, color);
    }

    private string XLabel() => options.X switch
    {
        CurveAxis.EnvSteps => "environment steps",
        CurveAxis.Updates => "updates",
        CurveAxis.Episodes => "episodes",
        _ => "hours",
    };

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return (low, high);
    }
}
