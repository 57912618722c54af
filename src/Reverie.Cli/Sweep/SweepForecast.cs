using System.Diagnostics;
using System.Globalization;
using Reverie.Agents;
using Reverie.Cli.Bench;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Training;

namespace Reverie.Cli.Sweep;

/// <summary>What a sweep will take, before it is begun.</summary>
internal static class SweepForecast
{
    private const int TimedUpdates = 3, TimedDecisions = 40, BytesOfParameter = 3 * sizeof(float);    // and two moments

    /// <summary>Lists the runs, and says how many hours and gigabytes they will take. Nothing is begun.</summary>
    /// <param name="plan">what to run</param>
    /// <param name="only">the number of the only run, from 0, or null for all</param>
    /// <param name="options">how many at once</param>
    /// <param name="report">where lines go</param>
    /// <param name="stop">Ctrl-C</param>
    /// <exception cref="ReverieException">the plan does not stand</exception>
    public static int Tell(SweepPlan plan, int? only, SweepOptions options, Report report, CancellationToken stop)
    {
        var runs = Sweeper.Look(plan.Folder, SweepWork.Accepted(plan, only)).ToArray();
        var costs = new Dictionary<Config, Cost>();
        foreach (var run in runs)
            if (!costs.ContainsKey(Setting(run)))
                costs[Setting(run)] = Of(run.Run, runs, stop);
        var rows = runs.Select((run, number) => Row.Of(only ?? number, run, costs[Setting(run)])).ToArray();
        report.Table(rows,
            ("number", row => $"{row.Number}"), ("run", row => row.Run), ("phase", row => row.Phase),
            ("env steps", row => Words.Count(row.EnvSteps)), ("hours", row => Words.Figure(row.Hours)),
            ("disk", row => Words.Gigabytes(row.DiskBytes)), ("memory", row => Words.Gigabytes(row.MemoryBytes)));
        var left = rows.Where(row => row.Phase != "done").ToArray();
        var (hours, disk) = (left.Sum(row => row.Hours), left.Sum(row => row.DiskBytes));
        var places = Math.Clamp(options.Jobs, 1, Math.Max(1, left.Length));
        var memory = left.Select(row => row.MemoryBytes).OrderDescending().Take(places).Sum();
        report.Row(
            new { Kind = "forecast", Sweep = plan.Folder, Runs = rows.Length, Left = left.Length, Hours = hours,
                WallHours = hours / places, DiskBytes = disk, MemoryBytes = memory },
            $"{Words.Several(rows.Length, "run")}, {left.Length} to do: "
            + (double.IsNaN(hours) ? "hours not known before one of each setting is done"
                : $"about {Words.Figure(hours)} hours, {Words.Figure(hours / places)} with "
                    + $"{Words.Several(places, "job")} at once")
            + $"; {Words.Gigabytes(disk)} of disk, {Words.Gigabytes(memory)} of memory at once");
        report.Say("hours: " + string.Join(", ", costs.Values.Select(cost => cost.Origin).Distinct()));
        return 0;
    }

    // Seeds take alike.
    private static Config Setting(RunProgress run) => run.Run.Resolved.Config with { Seed = 0 };

    private static Cost Of(SweepRun run, IReadOnlyList<RunProgress> runs, CancellationToken stop)
    {
        var config = run.Resolved.Config;
        using var parts = new RunParts(config, config.Environment.Count);
        var (episodes, rows) = Kept(config, parts, run.Folder);
        var parameters = parts.Agent.Modules.Values.Sum(module => module.ParameterCount) * BytesOfParameter;
        var (disk, memory) = (episodes + parameters * (config.Training.KeepCheckpoints + 1), rows + parameters);
        double[] done = [.. runs.Where(one => one.Phase == RunPhase.Done && Setting(one) == (config with { Seed = 0 }))
            .Select(one => one.Seconds)];
        return done.Length > 0 ? new(done.Average() / 3600, disk, memory, "as finished runs of this sweep took")
            : Updates(config) is { } updates
                ? new(Seconds(config, parts, updates, stop) / 3600, disk, memory,
                    $"from {TimedUpdates} updates and {TimedDecisions} decisions, timed now on this machine")
            : new(double.NaN, disk, memory, "not known of some");
    }

    // Bytes of the disk and of memory for what is learned from: a rollout is forgotten, and no episode is written.
    private static (long Disk, long Memory) Kept(Config config, RunParts parts, string folder)
    {
        if (AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts)
            return (0, (config.Training.Rollout + 1L) * config.Environment.Count * parts.Layout.BytesPerRow);
        var need = ReplayPreflight.Expect(Trainer.Recorded(config), parts.Layout, folder, (parts.Agent as IStepAgent)?.LatentRows);
        return (need.DiskBytesExpected, need.MemoryBytes + need.LatentBytes);
    }

    private static double Seconds(Config config, RunParts parts, double updates, CancellationToken stop)
    {
        var update = Benchmark.Run("update", config, new Timing(TimedUpdates, stop), profiles: false).Seconds;
        var repeat = config.Repeat();
        var collector = parts.Collector(_ => { });
        Play(1);
        var watch = Stopwatch.StartNew();
        Play(TimedDecisions);
        var decision = watch.Elapsed.TotalSeconds / TimedDecisions;
        var training = config.Training;
        var perEpisode = config.EpisodeDecisions();
        var tested = training.TestEpisodes * (1.0 + training.TestAt.Count(point => point < training.EnvSteps));
        var evaluated = training.EvaluateEvery == 0 ? 0
            : Math.Floor(updates / training.EvaluateEvery) * training.EvaluationEpisodes;
        return updates * update + decision * ((double)training.EnvSteps / repeat + (tested + evaluated) * perEpisode);

        void Play(int decisions) =>
            collector.Collect(parts.Agent, ActMode.Collect, 1, stop, 1, envSteps: (long)decisions * repeat);
    }

    /// <summary>Updates of a run; null where they follow from lengths of episodes that nobody knows, or come in phases.
    /// </summary>
    internal static double? Updates(Config config)
    {
        var training = config.Training;
        var length = config.EpisodeSteps();
        if (length == 0 || !Benchmark.Of(config.Agent).Contains("update"))
            return null;
        if (AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts)
            return training.EnvSteps / ((double)config.Repeat() * training.Rollout * config.Environment.Count);
        var episodes = Math.Ceiling(training.EnvSteps / (double)length);
        if (training.TrainRatio > 0)
            return (training.EnvSteps / (double)config.Repeat() + episodes)
                * training.RowsLearnedPerRow(config.Repeat()) / (config.Replay.ChunkLength * config.Replay.BatchSize);
        var first = training.PretrainUpdates > 0 ? training.PretrainUpdates : training.UpdatesPerEpisode;
        return episodes < training.SeedEpisodes ? 0
            : first + (double)training.UpdatesPerEpisode * (episodes - training.SeedEpisodes);
    }

    private sealed record Cost(double Hours, long DiskBytes, long MemoryBytes, string Origin);

    private sealed record Row(
        int Number, string Run, string Phase, long EnvSteps, double Hours, long DiskBytes, long MemoryBytes)
    {
        // Of one that was begun, what is left.
        public static Row Of(int number, RunProgress run, Cost cost)
        {
            var share = run.Phase == RunPhase.Done ? 0
                : Math.Clamp(1 - run.EnvSteps / (double)Math.Max(1, run.Total), 0, 1);
            return new Row(number, run.Run.Name, run.Phase.ToString().ToLower(CultureInfo.InvariantCulture), run.Total,
                cost.Hours * share, (long)(cost.DiskBytes * share), cost.MemoryBytes);
        }
    }
}
