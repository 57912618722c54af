using System.CommandLine;
using Reverie.Cli.Compare;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Cli.Display;
using Reverie.Cli.Records;
using Reverie.Runs;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie gate RUN… --bands FILE</c>: whether runs are as good as those of earlier seeds.</summary>
internal sealed class GateVerb : Verb
{
    private readonly Argument<string[]> runs = new("RUN")
    {
        Description = "finished runs: run directories, folders of sweeps, files of records",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> bands = new("--bands")
    {
        Description = $"records of {ScoreBand.Seeds} seeds of each setting, as `sweep --record` keeps them (.jsonl)",
        HelpName = "FILE",
        Required = true,
    };

    public GateVerb() : base("gate", "Say of each run whether the return of its last test is within the band of "
        + $"earlier seeds of its setting, which ends {ScoreBand.Deviations} standard deviations below their mean. Code "
        + "1 where one is below, or where a band has no run.")
    {
        Add(runs);
        Add(bands);
    }

    public override string[] Examples => ["reverie gate runs/gate --bands docs/gate/ten-seeds.jsonl"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var running = RunningRuns.Find();
        var records = SweepFolder.RunsInAll(parsed.GetRequiredValue(runs)).SelectMany(path => Records(path, running)).ToArray();
        var checks = BandCheck.Of(records, ScoreBand.Read(parsed.GetRequiredValue(bands)));
        foreach (var check in checks)
            report.Row(check, check.Line);
        var failed = checks.Where(check => check.Fails).Select(check => $"{check.Agent} on {check.Task}").ToArray();
        if (failed.Length > 0)
            throw new ReverieException($"{failed.Length} of {checks.Count} did not pass: {string.Join(", ", failed)}");
        return checks.Any(check => check.Passes) ? 0
            : throw new ReverieException($"{parsed.GetValue(bands)}: has no band for any of these runs");
    }

    private static IReadOnlyList<RunRecord> Records(string path, RunningRuns running)
    {
        if (RecordFile.IsOne(path))
            return RecordFile.Read(path);
        if (File.Exists(Path.Combine(path, RunDirectory.ConfigFile)))
            DemandFinished(path, running);
        return [RunRecord.Of(path)];
    }

    // What is damaged is told by who reads it.
    private static void DemandFinished(string run, RunningRuns running)
    {
        var room = new RunsFolder(run);
        var state = new WatchedRun(room, ".", room.Path).Summarise(running)?.State;
        if (state is RunState.Running or RunState.Stopped or RunState.Crashed)
            throw new ReverieException($"{run}: is not finished; " + (state == RunState.Running
                ? "a process works on it" : $"go on with `reverie train --run {OneWord.Of(run)}`"));
    }
}
