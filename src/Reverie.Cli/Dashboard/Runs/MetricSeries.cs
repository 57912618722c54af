namespace Reverie.Cli.Dashboard.Runs;

/// <summary>Measurements of one kind as columns, as curves are drawn from them.</summary>
/// <param name="Count">Lines of this kind in the file.</param>
/// <param name="Stride">How many lines each of these stands for.</param>
/// <param name="Axes">Columns by the names of <see cref="MetricLine.AxisNames"/>.</param>
/// <param name="Values">Columns by the names of the measurements; NaN where a line has none.</param>
internal sealed record MetricSeries(
    int Count, int Stride, IReadOnlyDictionary<string, double[]> Axes, IReadOnlyDictionary<string, double[]> Values)
{
    // A log of ours has forty; every further one would be a column as long as all others.
    private const int MostValues = 500;

    /// <summary>Turns lines into columns.</summary>
    public static MetricSeries Of(IReadOnlyList<MetricLine> lines, int stride, int count)
    {
        var values = new OrderedDictionary<string, double[]>();
        for (var row = 0; row < lines.Count; row++)
            foreach (var (name, value) in lines[row].Values)
            {
                if (!values.TryGetValue(name, out var column))
                {
                    if (values.Count == MostValues)
                        continue;
                    values[name] = column = new double[lines.Count];
                    Array.Fill(column, double.NaN);
                }
                column[row] = value;
            }
        var axes = MetricLine.AxisNames.Index().ToDictionary(
            axis => axis.Item, axis => lines.Select(line => line.Axes[axis.Index]).ToArray());
        return new(count, stride, axes, values);
    }
}
