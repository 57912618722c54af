using System.CommandLine;
using Reverie.Cli.Compare;
using Reverie.Cli.Records;
using Reverie.Curves;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Runs;

namespace Reverie.Cli.Commands;

/// <summary>The argument and options of verbs that set runs beside each other: which runs, grouped how, and what of
/// them.</summary>
internal sealed class CurveOptions
{
    private const string Evaluation = "evaluation";

    private static readonly Dictionary<string, CurveAxis> Axes = new()
    {
        ["env_steps"] = CurveAxis.EnvSteps,
        ["updates"] = CurveAxis.Updates,
        ["episodes"] = CurveAxis.Episodes,
        ["hours"] = CurveAxis.Hours,
    };

    private static readonly Dictionary<string, CurveBand> Bands = new()
    {
        ["min_max"] = CurveBand.MinMax,
        ["std"] = CurveBand.Std,
        ["none"] = CurveBand.None,
    };

    private readonly Argument<string[]> runs = new("RUN")
    {
        Description = "run directories, folders of sweeps, files of results; runs whose names differ in -seedN only "
            + "are drawn as one mean with a band",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> groupBy = new("--group-by")
    {
        Description = "keys of the configuration: runs with the same values are one group, e.g. agent,model.deter",
        HelpName = "KEY,KEY",
    };

    private readonly Option<string> metric = new("--metric")
    {
        Description = "what is drawn: return, or a loss of metrics.jsonl together with --kind update",
        HelpName = "NAME",
        DefaultValueFactory = _ => ChosenRuns.Return,
    };

    private readonly Option<string> kind = new("--kind")
    {
        Description = "records it is taken from: test, evaluation (with training episodes faintly behind), episode, "
            + "update [default: tests or evaluations, whichever more runs have]",
        HelpName = "KIND",
    };

    private readonly Option<long?> envSteps = new Option<long?>("--env-steps")
    {
        Description = "look at the first N environment steps only",
        HelpName = "N",
    }.AtLeast(1);

    private readonly Option<string> axis = new("--x")
    {
        Description = "horizontal axis",
        DefaultValueFactory = _ => "env_steps",
    };

    private readonly Option<string> band = new("--band")
    {
        Description = "band about the mean",
        DefaultValueFactory = _ => "min_max",
    };

    private readonly Option<double> smooth = new("--smooth")
    {
        Description = "weight of the points before, from 0 to below 1, as TensorBoard's slider",
        HelpName = "W",
        CustomParser = typed => OptionBounds.Number(typed) ?? 0,
    };

    private readonly Option<string> published = new("--published")
    {
        Description = "published scores of the task: own (agents that this program has), all, none, or agents",
        HelpName = "AGENT,AGENT",
        DefaultValueFactory = _ => "own",
    };

    /// <summary>Puts them on a verb.</summary>
    public void AddTo(Command verb)
    {
        axis.AcceptOnlyFromAmong([.. Axes.Keys]);
        band.AcceptOnlyFromAmong([.. Bands.Keys]);
        verb.Add(runs);
        verb.AddAll(groupBy, metric, kind, envSteps, axis, band, smooth, published);
    }

    /// <summary>Reads the runs.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="tests">whether tests are taken rather than evaluations, where all runs have both</param>
    /// <param name="sameSteps">whether published scores are those at the same environment steps alone</param>
    /// <exception cref="ReverieException">one of them is no run, or an option does not fit them</exception>
    public ChosenRuns Read(ParseResult parsed, bool tests = false, bool sameSteps = false)
    {
        if (parsed.GetValue(smooth) is not (>= 0 and < 1))
            throw new ReverieException("--smooth: give a number from 0, which leaves all as it is, to below 1");
        HashSet<(string, string, int, string)> recorded = [];       // files may have lines of the same runs
        var begun = Begun(parsed);
        var files = begun.Any(RecordFile.IsOne);
        var each = begun.SelectMany(path => files ? Runs(path, recorded) : [Shown(path, CurveRun.Read(path))])
            .Select(run => parsed.GetValue(envSteps) is { } end ? run.Until(end) : run).ToArray();
        string[] keys = parsed.GetValue(groupBy)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (keys.Contains(""))
            throw new ReverieException($"--group-by {parsed.GetValue(groupBy)}: there is no key between two commas");
        string?[] tasks = [.. each.Select(run => run.Task).Distinct()];
        var grouped = tests || tasks.Length > 1 ? RunGroups.AcrossTasks(each, keys) : RunGroups.By(each, keys);
        var named = parsed.GetValue(kind) ?? KindOf(each, Metric(parsed), tests);
        var isReturn = Metric(parsed) == ChosenRuns.Return;
        return new ChosenRuns(each, grouped, Metric(parsed), named, isReturn ? Published(parsed, each, sameSteps) : [],
            new LearningCurveOptions
            {
                Metric = Metric(parsed),
                Kind = named,
                FaintKind = named == Evaluation ? "episode" : null,
                PanelPerTask = tasks.Length > 1,
                X = Axes[parsed.GetValue(axis)!],
                Band = Bands[parsed.GetValue(band)!],
                Smoothing = parsed.GetValue(smooth),
                Title = grouped.Select(run => run.Name).Distinct().Count() > 1 && tasks is [{ } only] ? only : null,
            });
    }

    // Among all folders of a room there may be one in which a run was never begun, or of another use.
    private string[] Begun(ParseResult parsed)
    {
        string[] named = [.. SweepFolder.RunsInAll(parsed.GetRequiredValue(runs))];
        var begun = named.Where(path =>
            !Directory.Exists(path) || Path.Exists(Path.Combine(path, JsonLinesSink.FileName))).ToArray();
        if (begun.Length == 0)
            return named;       // whoever reads the first one tells what it lacks
        foreach (var path in named.Except(begun))
            parsed.InvocationConfiguration.Error.WriteLine($"{path} is left out: it has no {JsonLinesSink.FileName}");
        return begun;
    }

    // A file of results holds runs as a folder of them does, and may hold one whose folder is named too.
    private static IEnumerable<CurveRun> Runs(string path, HashSet<(string, string, int, string)> recorded) => RecordFile.IsOne(path)
        ? RecordFile.ReadSome(path).Where(record => recorded.Add(record.Identity)).Select(record => record.AsRun())
        : RunRecord.IdentityOf(path) is { } identity && !recorded.Add(identity) ? [] : [Shown(path, CurveRun.Read(path))];

    // A task of a library by what it is called there, not by where the library lay.
    private static CurveRun Shown(string path, CurveRun run) => run.Task is not { } task ? run : run with
    {
        Settings = new Dictionary<string, string>(run.Settings) { ["task"] = RunDirectory.TitleOf(path, task) },
    };

    // The one of the two that more runs have; those without it are left out, and told.
    private static string KindOf(CurveRun[] each, string metric, bool tests)
    {
        string[] kinds = tests ? [MetricRecord.Test, Evaluation] : [Evaluation, MetricRecord.Test];
        var best = kinds.MaxBy(kind => each.Count(run => FinalScore.Exists(run, metric, kind)))!;
        return each.Any(run => FinalScore.Exists(run, metric, best)) ? best : Evaluation;
    }

    private string Metric(ParseResult parsed) => parsed.GetValue(metric)!;

    private (TaskInfo, PublishedScore)[] Published(ParseResult parsed, CurveRun[] each, bool sameSteps) =>
    [
        .. from runs in each.GroupBy(run => run.Task).OrderBy(runs => runs.Key, StringComparer.Ordinal)
           let task = runs.Key is null ? null : EnvironmentRegistry.Known(runs.Key)
           where task is not null
           let steps = runs.Max(run => run.EnvSteps)
           from score in sameSteps ? PublishedScoreChoice.At(task, parsed.GetValue(published)!, steps)
               : PublishedScoreChoice.Of(task, parsed.GetValue(published)!, steps)
           select (task, score),
    ];
}
