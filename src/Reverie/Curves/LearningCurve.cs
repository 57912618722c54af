using Reverie.Pictures;
using ScottPlot;

namespace Reverie.Curves;

/// <summary>Draws learning curves of one or several runs, as SVG or PNG.</summary>
public static class LearningCurve
{
    private const int PanelsAcross = 3;

    /// <summary>Writes the picture; the extension of the path chooses the format.</summary>
    /// <param name="path">A file that ends in .svg or .png.</param>
    /// <param name="runs">At least one run; those of one name are drawn as a mean with a band over them.</param>
    /// <param name="options">What to draw; null for the return in evaluations and training episodes.</param>
    /// <exception cref="ReverieException">Another extension, no such metric, or the file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CurveRun> runs, LearningCurveOptions? options = null)
    {
        options ??= new LearningCurveOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, 320, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Height, 200, nameof(options));
        if (options.Smoothing is not (>= 0 and < 1))
            throw new ConfigurationException(FormattableString.Invariant(
                $"a curve cannot be smoothed by {options.Smoothing}: give a number from 0, as it is, to below 1"));
        if (runs.Count == 0)
            throw new ArgumentException("a learning curve needs a run", nameof(runs));
        CurvePanel[] panels = [.. CurvePanel.Of(runs, options)];
        if (panels.All(panel => panel.Series.All(s => s.Mean.Count == 0 && s.Faint.Count == 0)))
            throw new ConfigurationException(NothingToDraw(runs, options));
        int columns = Math.Min(panels.Length, PanelsAcross);
        Action<Stream, IReadOnlyList<Plot>, int, int, int> write = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => CurveFile.WriteSvg,
            ".png" => CurveFile.WritePng,
            var other => throw new ConfigurationException(
                $"a plot cannot be written as '{other}' ({path}): name a file that ends in .svg or .png"),
        };
        Plot[] charts = [.. panels.Select(CurveChart.Of)];
        OutputFile.Write(path, stream => write(stream, charts, columns, options.Width, options.Height));
        foreach (Plot chart in charts)
            chart.Dispose();
    }

    private static string NothingToDraw(IReadOnlyList<CurveRun> runs, LearningCurveOptions options)
    {
        string kinds = options.FaintKind is null ? options.Kind : $"{options.Kind} or {options.FaintKind}";
        string[] known = [.. runs.SelectMany(r => r.Records)
            .SelectMany(r => r.Values.Keys.Select(name => $"{r.Kind}/{name}")).Distinct().Order()];
        string there = known.Length == 0 ? "nothing was logged yet" : $"there are {string.Join(", ", known)}";
        string names = string.Join(", ", runs.Select(r => r.Name));
        return $"no finite '{options.Metric}' of kind {kinds} in {names}: {there}";
    }
}
