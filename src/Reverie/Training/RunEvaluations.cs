using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>When a run's agent is evaluated and tested, and what comes of it. Evaluations are to watch a run by, tests are
/// its scores; both draw from streams of their own.</summary>
/// <param name="config">The run's configuration.</param>
/// <param name="agent">Who plays.</param>
/// <param name="logger">Told where returns are not finite.</param>
internal sealed class RunEvaluations(Config config, IAgent agent, ILogger logger)
{
    /// <summary>Whether as many updates were made since the last evaluation as <c>training.evaluate_every</c> says.</summary>
    public bool AreAskedForBy(Counters counters) => config.Training.EvaluateEvery > 0
        && counters.Updates > counters.EvaluatedAt && counters.Updates % config.Training.EvaluateEvery == 0;

    /// <summary>Whether a test is due. A point that was passed before anybody asked for it is not made up for: what is tested
    /// is the agent of this moment.</summary>
    /// <param name="counters">How far the run is.</param>
    /// <param name="isOver">Whether that is as far as it goes.</param>
    public bool TestIsDue(Counters counters, bool isOver) => config.Training.TestEpisodes > 0 && counters.Updates > 0
        && (config.Training.TestAt.Any(point => point > counters.TestedEnvSteps && point <= counters.EnvSteps)
            || isOver && (counters.TestedAt, counters.TestedEnvSteps) != (counters.Updates, counters.EnvSteps));

    /// <summary>Plays a test.</summary>
    /// <returns>The counters after it, and what its line of the log has.</returns>
    public (Counters After, Dictionary<string, double> Measures) Test(Collector player, Counters counters,
        CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var result = new Evaluator(player).Evaluate(agent, config.Training.TestEpisodes,
            Seed(RandomStream.Test, counters), cancel);
        return (counters with
        {
            TestedAt = counters.Updates, TestedEnvSteps = counters.EnvSteps, Restarts = counters.Restarts + result.Restarts,
        }, new(Measures(result, player.Tasks))
        {
            ["episodes_played"] = result.Returns.Count,
            ["test_seconds"] = watch.Elapsed.TotalSeconds,
        });
    }

    /// <summary>Plays an evaluation.</summary>
    /// <returns>The counters after it, what its line of the log has, and its first episode of each task.</returns>
    public (Counters After, Dictionary<string, double> Measures, IReadOnlyList<Episode> First) Evaluate(
        Collector player, Counters counters, CancellationToken cancel)
    {
        var first = new List<Episode>();
        var result = new Evaluator(player).Evaluate(agent, config.Training.EvaluationEpisodes,
            Seed(RandomStream.Evaluation, counters), cancel, episode =>
            {
                if (first.Count < player.Tasks.Count) first.Add(episode);
            });
        if (!double.IsFinite(result.Mean) || !double.IsFinite(result.Std))
            logger.Warn($"the returns of the evaluation at update {counters.Updates} are not finite: their mean is "
                + $"{result.Mean.ToString(CultureInfo.InvariantCulture)}");
        return (counters with { EvaluatedAt = counters.Updates, Restarts = counters.Restarts + result.Restarts },
            Measures(result, player.Tasks), first);
    }

    private ulong Seed(ulong stream, Counters counters) =>
        RandomSource.Derive((ulong)config.Seed, stream, (ulong)counters.Updates).NextUInt64();

    private static Dictionary<string, double> Measures(Evaluation result, IReadOnlyList<string> tasks)
    {
        var measures = Returns(result, "");
        measures["restarts"] = result.Restarts;
        foreach (var (one, task) in result.Tasks.Zip(tasks))
            foreach (var (name, value) in Returns(one, TrainingLog.Of(task))) measures[name] = value;
        return measures;
    }

    private static Dictionary<string, double> Returns(Evaluation result, string of) => new()
    {
        [of + "return"] = result.Mean,
        [of + "return_std"] = result.Std,
        [of + "return_min"] = result.Min,
        [of + "return_max"] = result.Max,
    };
}
