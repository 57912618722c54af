using Reverie.Logging;
using Reverie.Runs;

namespace Reverie.Cli.Display;

/// <summary>One line per episode, evaluation and generation, for logs and pipes.</summary>
internal sealed class PlainDisplay(TextWriter output, TextWriter notes, TrainingProgress progress)
    : TrainingDisplay(progress)
{
    public override void Write(MetricRecord record)
    {
        Progress.Add(record);
        if (record.Kind is not ("episode" or "evaluation" or "generation" or MetricRecord.Test)
            || !record.Values.TryGetValue("return", out var value))
            return;
        var time = Words.Time(TimeSpan.FromSeconds(record.Seconds));
        var loss = string.Concat(Progress.Losses.Take(4).Select(pair => $"  {pair.Key} {Words.Figure(pair.Value)}"));
        output.WriteLine($"{time}  {record.Kind,-10}  return {Words.Figure(value)}{ByTask(record)}  episodes {record.Episodes}"
            + $"  env_steps {Progress.Of(RunGoal.EnvSteps, record.EnvSteps)}"
            + $"  updates {Progress.Of(RunGoal.Updates, record.Updates)}{loss}"
            + (Progress.UpdatesPerSecond is > 0 and var rate ? $"  {Words.Figure(rate)} updates/s" : "")
            + (Progress.Left is { } left ? $"  left {Words.Time(left)}" : ""));
    }

    // Where several tasks are learned: whose return it is, or what the mean is of.
    private static string ByTask(MetricRecord record)
    {
        const string End = "/return";
        string[] each = [.. record.Values.Where(pair => pair.Key.EndsWith(End, StringComparison.Ordinal))
            .Select(pair => $"{pair.Key[..^End.Length]} {Words.Figure(pair.Value)}")];
        return each.Length == 0 ? "" : $" ({string.Join(", ", each)})";
    }

    public override void Note(string line) => notes.WriteLine(line);

    public override void Flush() => output.Flush();
}
