using System.CommandLine;
using System.Text.RegularExpressions;
using Reverie.Cli.Display;
using Reverie.Logging;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie plot RUN…</c>: learning curves.</summary>
internal sealed partial class PlotVerb : Verb
{
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
        Description = "run directories; those whose names differ in -seedN only are drawn as one mean with a band",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> output = new("--out")
    {
        Description = "a .png or .svg",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> metric = new("--metric")
    {
        Description = "what is drawn: return, or a loss of metrics.jsonl together with --kind update",
        HelpName = "NAME",
        DefaultValueFactory = _ => "return",
    };

    private readonly Option<string> kind = new("--kind")
    {
        Description = "records it is taken from: evaluation (with training episodes faintly behind), episode, update",
        HelpName = "KIND",
        DefaultValueFactory = _ => "evaluation",
    };

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

    public PlotVerb() : base("plot", "Draw the learning curves of runs.")
    {
        axis.AcceptOnlyFromAmong([.. Axes.Keys]);
        band.AcceptOnlyFromAmong([.. Bands.Keys]);
        Add(runs);
        foreach (var option in new[] { output, metric, kind, axis, band })
            Add(option);
    }

    public override string[] Examples =>
    [
        "reverie plot runs/cartpole_swingup-planet-small-seed1 --out curve.png",
        "reverie plot runs/cartpole_swingup-planet-small-seed* --out seeds.svg --x hours",
        "reverie plot runs/mine --out loss.png --kind update --metric image",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var path = parsed.GetRequiredValue(output);
        var folders = parsed.GetRequiredValue(runs);
        var curves = folders.Select(CurveRun.Read).ToArray();
        var kindName = parsed.GetValue(kind)!;
        LearningCurve.Write(
            path,
            curves.Length == 1 ? curves : [.. curves.Select(run => run with { Name = Seed().Replace(run.Name, "") })],
            new LearningCurveOptions
            {
                Metric = parsed.GetValue(metric)!,
                Kind = kindName,
                FaintKind = kindName == "evaluation" ? "episode" : null,
                X = Axes[parsed.GetValue(axis)!],
                Band = Bands[parsed.GetValue(band)!],
            });
        foreach (var run in curves)
            Tell(report, path, run, kindName, parsed.GetValue(metric)!);
        return 0;
    }

    private static void Tell(Report report, string path, CurveRun run, string kind, string metric)
    {
        var values = run.Records.Where(record => record.Kind == kind)
            .Select(record => record.Values.GetValueOrDefault(metric, double.NaN)).Where(double.IsFinite).ToArray();
        var (last, best) = values.Length > 0 ? (values[^1], values.Max()) : (double.NaN, double.NaN);
        report.Row(
            new { File = path, Run = run.Name, Points = values.Length, Last = last, Max = best },
            $"{path}: {run.Name}, {values.Length} points, last {Words.Figure(last)}, largest {Words.Figure(best)}");
    }

    [GeneratedRegex(@"-seed\d+$")]
    private static partial Regex Seed();
}
