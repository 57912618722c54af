using Reverie.Logging;

namespace Reverie.Cli.Display;

/// <summary>Shows a run while it works: measurements, and lines that the user should know of.</summary>
internal abstract class TrainingDisplay(TrainingProgress progress) : IMetricSink
{
    /// <summary>What the run has come to.</summary>
    protected TrainingProgress Progress { get; } = progress;

    public abstract void Write(MetricRecord record);

    /// <summary>Takes what an earlier process measured, without showing each.</summary>
    public virtual void Recall(IReadOnlyList<MetricRecord> records)
    {
        foreach (var record in records)
            Progress.Add(record);
    }

    /// <summary>Shows a line: a checkpoint that was damaged, memory that the replay will need.</summary>
    public abstract void Note(string line);

    public virtual void Flush() { }
}
