using Reverie.Logging;

namespace Reverie.Cli.Display;

/// <summary>One line per episode and evaluation, for logs and pipes.</summary>
internal sealed class PlainDisplay(TextWriter output, TrainingProgress progress) : IMetricSink
{
    public void Write(MetricRecord record)
    {
        progress.Add(record);
        if (record.Kind is not ("episode" or "evaluation") || !record.Values.TryGetValue("return", out var value))
            return;
        var time = Words.Time(TimeSpan.FromSeconds(record.Seconds));
        var loss = string.Concat(progress.Losses.Take(4).Select(pair => $"  {pair.Key} {Words.Figure(pair.Value)}"));
        output.WriteLine($"{time}  {record.Kind,-10}  return {Words.Figure(value)}  episodes {record.Episodes}"
            + $"  env_steps {Words.Count(record.EnvSteps)} of {Words.Count(progress.TotalEnvSteps)}"
            + $"  updates {Words.Count(record.Updates)}{loss}"
            + $"  {Words.Figure(progress.UpdatesPerSecond)} updates/s  left {Words.Time(progress.Left)}");
    }

    public void Flush() => output.Flush();
}
