using System.Diagnostics;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>A run's lines of measurements, each with how far the run is and how long it has been at work.</summary>
/// <param name="log">Where they go.</param>
/// <param name="secondsBefore">Seconds of work before the run went on.</param>
internal sealed class TrainingLog(RunLogger log, double secondsBefore)
{
    private readonly Stopwatch clock = new();

    /// <summary>Seconds of work in all.</summary>
    public double Seconds => secondsBefore + clock.Elapsed.TotalSeconds;

    /// <summary>Work begins.</summary>
    public void Start() => clock.Restart();

    /// <summary>Writes a line.</summary>
    public void Write(string kind, Counters counters, Dictionary<string, double> values) => log.Write(new MetricRecord
    {
        Kind = kind,
        EnvSteps = counters.EnvSteps,
        Decisions = counters.Decisions,
        Updates = counters.Updates,
        Episodes = counters.Episodes,
        Seconds = counters.Seconds,
        Values = values,
    });

    /// <summary>What measures of one task begin with that stand beside those of all.</summary>
    public static string Of(string task) => $"{AssemblyTasks.ShortName(task)}/";

    /// <summary>What the line of an episode has.</summary>
    /// <param name="episode">What was played.</param>
    /// <param name="restarts">Crashes of its environment on the way.</param>
    /// <param name="decisionSeconds">What a decision took.</param>
    /// <param name="tasks">The tasks that are learned; of several, the line has the episode's also under its name.</param>
    /// <param name="staleness">Updates since the parameters that it was played with; null is left out.</param>
    public static Dictionary<string, double> Measures(
        Episode episode, int restarts, double decisionSeconds, IReadOnlyList<string> tasks, long? staleness)
    {
        var measures = new Dictionary<string, double>
        {
            ["return"] = episode.Return,
            ["length"] = episode.Decisions,
            ["decision_seconds"] = decisionSeconds,
            ["restarts"] = restarts,
        };
        if (staleness is { } updates) measures["staleness"] = updates;
        if (tasks.Count == 1) return measures;
        measures[Of(tasks[episode.Task]) + "return"] = episode.Return;
        measures[Of(tasks[episode.Task]) + "length"] = episode.Decisions;
        return measures;
    }
}
