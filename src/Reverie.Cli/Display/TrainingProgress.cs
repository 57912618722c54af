using Reverie.Logging;
using Reverie.Runs;

namespace Reverie.Cli.Display;

/// <summary>What a training run has come to, from its measurements: counters, rates, returns, time left.</summary>
/// <param name="goals">what the run is over with, whichever comes first, as its trainer states it</param>
internal sealed class TrainingProgress(Func<IReadOnlyList<RunGoal>> goals)
{
    private const int Remembered = 5;

    // Rates are taken over the last minutes: an evaluation or a slow start must not spoil them for the whole run.
    private const double WindowSeconds = 300;

    private readonly Queue<MetricRecord> window = new();

    /// <summary>The newest record of any kind, or null before the first.</summary>
    public MetricRecord? Last { get; private set; }

    /// <summary>Losses, then other measures, by name, of the last update that was logged.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; private set; } = new Dictionary<string, double>();

    /// <summary>Returns of the last training episodes, or means of generations, oldest first.</summary>
    public Queue<double> Returns { get; } = new();

    /// <summary>Mean returns of the last evaluations with their environment steps, oldest first.</summary>
    public Queue<(long EnvSteps, double Return)> Evaluations { get; } = new();

    /// <summary>Share of the run that is done, 0 to 1.</summary>
    public double Share => Last is null ? 0
        : goals().Select(goal => Math.Clamp(Count(goal, Last) / (double)goal.Total, 0, 1)).DefaultIfEmpty().Max();

    /// <summary>Updates per second of wall clock, collecting and evaluating included; NaN while unknown.</summary>
    public double UpdatesPerSecond => Rate(record => record.Updates);

    /// <summary>Environment steps per second of wall clock; NaN while unknown.</summary>
    public double EnvStepsPerSecond => Rate(record => record.EnvSteps);

    /// <summary>Time to the end at the present rate, or null while unknown.</summary>
    public TimeSpan? Left => Last is { } last
        ? goals().Select(goal => LeftTo(goal, last)).Where(left => left is not null).DefaultIfEmpty().Min() : null;

    /// <summary>A count, with what it comes to at the end if that is a goal: <c>2,000 of 4,000</c>.</summary>
    /// <param name="counter">of <see cref="RunGoal.Counter"/></param>
    /// <param name="count">where it is</param>
    public string Of(string counter, long count) => Words.Count(count)
        + (goals().FirstOrDefault(goal => goal.Counter == counter) is { } goal ? $" of {Words.Count(goal.Total)}" : "");

    /// <summary>Takes one measurement.</summary>
    public void Add(MetricRecord record)
    {
        Last = record;
        window.Enqueue(record);
        while (window.Count > 2 && record.Seconds - window.Peek().Seconds > WindowSeconds)
            window.Dequeue();
        if (record.Kind == "update")
            Losses = record.Values.OrderBy(pair => pair.Key.StartsWith("loss", StringComparison.Ordinal) ? 0 : 1)
                .ToDictionary();
        if (!record.Values.TryGetValue("return", out var value))
            return;
        if (record.Kind == "evaluation")
            Keep(Evaluations, (record.EnvSteps, value));
        else if (record.Kind is "episode" or "generation")
            Keep(Returns, value);
    }

    private double Rate(Func<MetricRecord, long> counter, long fromUpdate = 0) =>
        window.FirstOrDefault(record => record.Updates >= fromUpdate) is { } first
            && Last!.Seconds - first.Seconds is > 0 and var seconds
            ? (counter(Last) - counter(first)) / seconds
            : double.NaN;

    private TimeSpan? LeftTo(RunGoal goal, MetricRecord last) => goal.EvenFrom is { } from
        && Rate(record => Count(goal, record), from) is > 0 and var rate
        ? TimeSpan.FromSeconds(Math.Max(0, goal.Total - Count(goal, last)) / rate)
        : null;

    private static long Count(RunGoal goal, MetricRecord record) =>
        goal.Counter == RunGoal.Updates ? record.Updates : record.EnvSteps;

    private static void Keep<T>(Queue<T> queue, T item)
    {
        queue.Enqueue(item);
        if (queue.Count > Remembered)
            queue.Dequeue();
    }
}
