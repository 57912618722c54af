using System.Diagnostics;
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

    /// <summary>What the line of an episode has.</summary>
    /// <param name="episode">What was played.</param>
    /// <param name="restarts">Crashes of its environment on the way.</param>
    /// <param name="decisionSeconds">What a decision took.</param>
    public static Dictionary<string, double> Measures(Episode episode, int restarts, double decisionSeconds) => new()
    {
        ["return"] = episode.Return,
        ["length"] = episode.Decisions,
        ["decision_seconds"] = decisionSeconds,
        ["restarts"] = restarts,
    };
}
