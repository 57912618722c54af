using Reverie.Pictures;
using ScottPlot;
using ScottPlot.Plottables;

namespace Reverie.Curves;

/// <summary>Makes the chart of a panel.</summary>
internal static class CurveChart
{
    private const float Numbers = 13, Words = 14, StrongWidth = 2.5f, FaintWidth = 1.5f;
    private const int MostDots = 60;
    private const double FaintOpacity = 0.3, OnlyFaintOpacity = 0.8, BandOpacity = 0.16;

    /// <summary>Colours that people with any colour vision tell apart (Okabe and Ito, 2008).</summary>
    internal static readonly int[] Colors
        = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x7A5195, 0x444444];

    /// <summary>The chart, to be drawn at the size that the options say.</summary>
    public static Plot Of(CurvePanel panel)
    {
        LearningCurveOptions options = panel.Options;
        Plot plot = Charts.New(Numbers);
        foreach (CurveReference reference in options.References)
            plot.Add.HorizontalLine(reference.Value, 1.5f, Charts.Of(Charts.Faint), LinePattern.Dashed);
        foreach (var (series, color) in panel.Series.Zip(panel.Colors))
            Add(plot, panel, series, Colors[color % Colors.Length]);
        Show(plot, panel);
        plot.Axes.Bottom.Label.Text = XLabel(options.X);
        plot.Axes.Left.Label.Text = Lettering.Known(options.Metric);
        plot.Axes.Bottom.Label.FontSize = plot.Axes.Left.Label.FontSize = Words;
        string title = options.Title ?? (panel.Series.Count == 1 ? panel.Series[0].Name : options.Metric);
        plot.Axes.AddPanel(new CurveHead(title, plot.Legend, options.Width - 2 * CurveFile.Margin));
        if (options.References.Count == 0)
            plot.Axes.Right.MinimumSize = 24;      // half of the last number at the axis below
        else
            plot.Axes.AddPanel(new ReferenceNames(options.References, plot.Axes.Left, options.Width / 2f));
        return plot;
    }

    private static void Add(Plot plot, CurvePanel panel, CurveSeries series, int color)
    {
        (string mean, string faint) = Names(panel, series);
        Color pale = Charts.Of(color, series.Mean.Count == 0 ? OnlyFaintOpacity : FaintOpacity);
        foreach (var points in series.Faint)
            plot.Add.ScatterLine(points.Select(p => new Coordinates(p.X, p.Y)).ToArray(), pale).LineWidth = FaintWidth;
        if (series.Faint.Count > 0 && faint.Length > 0)
            plot.Legend.ManualItems.Add(CurveHead.Item(faint, pale, FaintWidth));
        if (series.Mean.Count == 0)
            return;
        if (series.Mean.Any(p => p.High > p.Low))
        {
            FillY band = plot.Add.FillY([.. series.Mean.Select(p => (p.X, p.Low, p.High))]);
            band.FillColor = Charts.Of(color, BandOpacity);
            band.LineWidth = 0;
        }
        Scatter strong = plot.Add.Scatter(series.Mean.Select(p => new Coordinates(p.X, p.Y)).ToArray(), Charts.Of(color));
        strong.LineWidth = StrongWidth;
        strong.MarkerSize = series.Mean.Count <= MostDots ? 6.5f : 0;
        plot.Legend.ManualItems.Add(CurveHead.Item(mean, Charts.Of(color), StrongWidth));
    }

    /// <summary>What the legend says of a series; nothing for what is not to stand there.</summary>
    private static (string Mean, string Faint) Names(CurvePanel panel, CurveSeries series)
    {
        LearningCurveOptions options = panel.Options;
        if (panel.Series.Count > 1)
        {
            string name = series.Runs > 1 ? $"{series.Name} ({series.Runs} runs)" : series.Name;
            return (name, series.Mean.Count == 0 ? name : "");
        }
        bool band = series.Mean.Any(p => p.High > p.Low);
        string spread = !band ? "" : options.Band == CurveBand.Std ? ", 1 std" : ", min to max";
        string runs = series.Runs > 1 ? $" of {series.Runs} runs" : "";
        return ($"{options.Kind} (mean{runs}{spread})", $"{options.FaintKind}");
    }

    private static void Show(Plot plot, CurvePanel panel)
    {
        (double Low, double High) x = Range(panel.Series.SelectMany(s => s.Mean.Select(p => p.X)
            .Concat(s.Faint.SelectMany(f => f.Select(p => p.X)))));
        (double Low, double High) y = Range(panel.Series
            .SelectMany(s => s.Mean.SelectMany(p => new[] { p.Y, p.Low, p.High })
                .Concat(s.Faint.SelectMany(f => f.Select(p => p.Y))))
            .Concat(panel.Options.References.Select(reference => reference.Value)));
        (double left, double right) = (Math.Min(0, x.Low), x.High);
        plot.Axes.Bottom.Show(left, right > left ? right + (right - left) / 100 : left + 1, density: 0.5);
        (double low, double high) = Charts.Room(y.Low, y.High);
        // Zero belongs to the picture where the values reach far enough down to make it worth the room.
        plot.Axes.Left.Show(y.Low >= 0 && y.Low < y.High / 2 ? 0 : low, high, density: 0.7);
    }

    private static string XLabel(CurveAxis axis) => axis switch
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
        return low <= high ? (low, high) : (0, 1);
    }
}
