using System.CommandLine;
using Reverie.Cli.Compare;
using Reverie.Cli.Display;
using Reverie.Cli.Records;

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
        var records = parsed.GetRequiredValue(runs).SelectMany(Records).ToArray();
        var checks = BandCheck.Of(records, ScoreBand.Read(parsed.GetRequiredValue(bands)));
        foreach (var check in checks)
            report.Row(check, check.Line);
        var failed = checks.Where(check => check.Fails).Select(check => $"{check.Agent} on {check.Task}").ToArray();
        if (failed.Length > 0)
            throw new ReverieException($"{failed.Length} of {checks.Count} did not pass: {string.Join(", ", failed)}");
        return checks.Any(check => check.Passes) ? 0
            : throw new ReverieException($"{parsed.GetValue(bands)}: has no band for any of these runs");
    }

    private static IReadOnlyList<RunRecord> Records(string path) => RecordFile.IsOne(path) ? RecordFile.Read(path)
        : [.. SweepFolder.RunsIn(path).Select(RunRecord.Of)];
}
