using System.Globalization;
using System.Text;

namespace Reverie.Logging;

/// <summary>Plain lines, one a record, for where there is no terminal to draw on.</summary>
/// <param name="writer">Where the lines go; not closed.</param>
/// <param name="every">Records of kind <c>update</c> shown: one in so many. The others are all shown.</param>
public sealed class ConsoleSink(TextWriter writer, int every = 1) : IMetricSink
{
    private readonly int every = every >= 1 ? every : throw new ArgumentOutOfRangeException(nameof(every));
    private long updates;

    /// <inheritdoc/>
    public void Write(MetricRecord record)
    {
        if (record.Kind == "update" && updates++ % every != 0)
            return;
        var line = new StringBuilder();
        TimeSpan time = TimeSpan.FromSeconds(double.IsFinite(record.Seconds) ? record.Seconds : 0);
        line.Append(CultureInfo.InvariantCulture,
            $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00} {record.Kind}");
        line.Append(CultureInfo.InvariantCulture,
            $" env_steps={record.EnvSteps} updates={record.Updates} episodes={record.Episodes}");
        foreach ((string name, double value) in record.Values)
            line.Append(CultureInfo.InvariantCulture, $" {name}={value:G5}");
        writer.WriteLine(line);
    }

    /// <inheritdoc/>
    public void Flush() => writer.Flush();
}
