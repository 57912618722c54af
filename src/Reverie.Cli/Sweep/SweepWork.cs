using Reverie.Agents;
using Reverie.Cli.Display;
using Reverie.Cli.Records;
using Reverie.Runs;
using Reverie.Torch.Ranks;

namespace Reverie.Cli.Sweep;

/// <summary>A sweep from its plan to its last line, for the verbs that begin one.</summary>
internal static class SweepWork
{
    /// <summary>What the command comes to where its hours were over before its runs were.</summary>
    public const int OutOfTime = 75;    // sysexits.h: try again

    /// <summary>Runs it.</summary>
    /// <param name="plan">what to run</param>
    /// <param name="only">the number of the only run, from 0, or null for all</param>
    /// <param name="options">how</param>
    /// <param name="report">where lines go</param>
    /// <param name="stop">Ctrl-C</param>
    /// <returns>the exit code</returns>
    /// <exception cref="ReverieException">the plan does not stand, or runs failed</exception>
    public static int Do(SweepPlan plan, int? only, SweepOptions options, Report report, CancellationToken stop)
    {
        var runs = Accepted(plan, only);
        DemandRanks(runs, options);
        SweepFile.Write(plan);
        var record = options.Record is { } path ? new RecordFile(path) : null;
        record?.Demand();
        using var display = report.Live ? new LiveSweepDisplay(report, plan.Folder) : new SweepDisplay(report);
        var sweeper = new Sweeper(plan, runs, options, display,
            run => record?.Add(RunRecord.Of(run.Folder), display.Note));
        report.Say($"{plan.Folder}: {Words.Several(runs.Count, "run")}, "
            + $"{sweeper.Runs.Count(run => run.Phase == RunPhase.Done)} done");
        Tell(options, runs, display);
        sweeper.Work(stop);
        display.Dispose();
        return Conclude(plan, sweeper.Runs, options, report, stop);
    }

    /// <summary>The runs of a plan, where all of it stands.</summary>
    /// <param name="plan">what to run</param>
    /// <param name="only">the number of the only run, from 0, or null for all</param>
    /// <exception cref="ReverieException">It does not, or has no such run.</exception>
    public static IReadOnlyList<SweepRun> Accepted(SweepPlan plan, int? only = null)
    {
        if (File.Exists(Path.Combine(plan.Folder, RunDirectory.ConfigFile)))
            throw new ReverieException($"{plan.Folder}: is a run and no folder of runs; choose another one");
        var all = plan.Runs();
        return only is null ? all : only < all.Count ? [all[only.Value]]
            : throw new ReverieException($"--only {only}: the sweep's runs have the numbers 0 to {all.Count - 1}");
    }

    /// <summary>Complains of a run that the ranks cannot divide among them.</summary>
    /// <exception cref="ReverieException">There is one, or this libtorch has no ranks.</exception>
    public static void DemandRanks(IReadOnlyList<SweepRun> runs, SweepOptions options)
    {
        if (options.Ranks is null) return;
        RankWork.DemandGroups("--ranks");
        foreach (var run in runs)
            try
            {
                _ = AgentRanks.ShareOf(run.Resolved.Config,
                    new(0, options.Together, 0, options.Together, "127.0.0.1", RankPlace.UsualPort));
            }
            catch (ConfigurationException fault)
            {
                throw new ConfigurationException($"{run.Name}: {fault.Message}", fault);
            }
    }

    private static void Tell(SweepOptions options, IReadOnlyList<SweepRun> runs, SweepDisplay display)
    {
        var cores = Cores.Allowed().Count;
        var needed = Math.Min(options.Jobs, runs.Count)
            * runs.Max(run => Math.Max(1, run.Resolved.Config.Compute.Threads)) * options.Together;
        if (needed > cores)
            display.Note($"{Words.Several(needed, "thread")} at once, and {Words.Several(cores, "core")}: runs share "
                + "them and take longer");
        if (!ReverieProgram.CanPin)
            display.Note("there is no program `taskset` here: runs are not held to cores of their own");
    }

    private static int Conclude(
        SweepPlan plan, IReadOnlyList<RunProgress> runs, SweepOptions options, Report report, CancellationToken stop)
    {
        var done = runs.Count(run => run.Phase == RunPhase.Done);
        var failed = runs.Where(run => run.Phase == RunPhase.Failed).ToArray();
        foreach (var run in failed)
            report.Say($"failed: {run.Run.Name}: {run.Fault}");
        report.Row(new { Kind = "end", Sweep = plan.Folder, Runs = runs.Count, Done = done, Failed = failed.Length },
            $"{done} of {Words.Several(runs.Count, "run")} done" + (done == runs.Count
                ? $"; look at them with `reverie compare {OneWord.Of(plan.Folder)}`, `reverie dashboard {OneWord.Of(plan.Folder)}`"
                : $"; `reverie sweep {OneWord.Of(plan.Folder)}{(options.Together > 1 ? $" --ranks {options.Together}" : "")}` goes on"));
        if (failed.Length > 0)
            throw new ReverieException($"{failed.Length} of {Words.Several(runs.Count, "run")} failed: "
                + $"{string.Join(", ", failed.Select(run => run.Run.Name))}; what they said is in "
                + Path.Combine(plan.Folder, Sweeper.LogFolder));
        return done == runs.Count ? 0 : stop.IsCancellationRequested ? CommandLine.Stopped : OutOfTime;
    }
}
