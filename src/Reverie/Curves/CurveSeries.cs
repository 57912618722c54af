using Reverie.Logging;

namespace Reverie.Curves;

/// <summary>One colour of a learning curve: a mean with its band, and the faint lines behind.</summary>
internal sealed record CurveSeries(
    string Name, IReadOnlyList<BandPoint> Mean, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Faint, int Runs)
{
    /// <summary>Groups runs by name, in the order of first appearance.</summary>
    public static List<CurveSeries> Of(IReadOnlyList<CurveRun> runs, LearningCurveOptions options)
    {
        var series = new List<CurveSeries>();
        foreach (IGrouping<string, CurveRun> group in runs.GroupBy(r => r.Name))
        {
            List<List<BandPoint>> means = [.. group.Select(r => MeanOf(r, options)).Where(m => m.Count > 0)];
            List<BandPoint> mean = means.Count > 1 ? Across(means, options.Band) : means.FirstOrDefault([]);
            IReadOnlyList<(double, double)>[] faint
                = [.. group.Select(r => FaintOf(r, options)).Where(line => line.Count > 0)];
            int drawn = means.Count > 0 ? means.Count : faint.Length;
            series.Add(new CurveSeries(group.Key, mean, faint, drawn));
        }
        return series;
    }

    private static List<BandPoint> MeanOf(CurveRun run, LearningCurveOptions options)
    {
        var points = new List<BandPoint>();
        foreach (MetricRecord record in run.Records.Where(r => r.Kind == options.Kind))
        {
            double y = Value(record, options.Metric), x = Place(record, options.X);
            if (!double.IsFinite(y) || !double.IsFinite(x))
                continue;
            double std = Value(record, options.Metric + "_std");
            (double low, double high) = options.Band switch
            {
                CurveBand.MinMax => (Value(record, options.Metric + "_min"), Value(record, options.Metric + "_max")),
                CurveBand.Std => (y - std, y + std),
                _ => (y, y),
            };
            points.Add(new BandPoint(x, y, double.IsFinite(low) ? low : y, double.IsFinite(high) ? high : y));
        }
        double[] Smooth(Func<BandPoint, double> of) => CurveSmoothing.Of([.. points.Select(of)], options.Smoothing);
        (double[] mean, double[] lows, double[] highs) = (Smooth(p => p.Y), Smooth(p => p.Low), Smooth(p => p.High));
        return [.. points.Select((p, i) => new BandPoint(p.X, mean[i], lows[i], highs[i]))];
    }

    private static List<(double, double)> FaintOf(CurveRun run, LearningCurveOptions options)
    {
        (double X, double Y)[] points = [.. run.Records.Where(r => r.Kind == options.FaintKind)
            .Select(r => (X: Place(r, options.X), Y: Value(r, options.Metric)))
            .Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))];
        double[] smooth = CurveSmoothing.Of([.. points.Select(p => p.Y)], options.Smoothing);
        return [.. points.Select((p, i) => (p.X, smooth[i]))];
    }

    /// <summary>The mean over runs wherever one of them has a point and all of them reach, with the band over them.
    /// </summary>
    private static List<BandPoint> Across(List<List<BandPoint>> runs, CurveBand band)
    {
        double from = runs.Max(r => r[0].X), to = runs.Min(r => r[^1].X);
        var points = new List<BandPoint>();
        IEnumerable<double> places = runs.SelectMany(r => r.Select(p => p.X)).Where(x => x >= from && x <= to);
        foreach (double x in places.Distinct().Order())
        {
            double[] values = [.. runs.Select(r => Interpolate(r, x))];
            double mean = values.Average();
            double std = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            points.Add(band switch
            {
                CurveBand.MinMax => new BandPoint(x, mean, values.Min(), values.Max()),
                CurveBand.Std => new BandPoint(x, mean, mean - std, mean + std),
                _ => new BandPoint(x, mean, mean, mean),
            });
        }
        return points;
    }

    private static double Interpolate(List<BandPoint> run, double x)
    {
        int after = run.FindIndex(p => p.X >= x);
        BandPoint b = run[after];
        if (b.X == x || after == 0)
            return b.Y;
        BandPoint a = run[after - 1];
        return a.Y + (b.Y - a.Y) * (x - a.X) / (b.X - a.X);
    }

    private static double Value(MetricRecord record, string name)
        => record.Values.TryGetValue(name, out double value) ? value : double.NaN;

    private static double Place(MetricRecord record, CurveAxis axis) => axis switch
    {
        CurveAxis.EnvSteps => record.EnvSteps,
        CurveAxis.Updates => record.Updates,
        CurveAxis.Episodes => record.Episodes,
        _ => record.Seconds / 3600,
    };
}
