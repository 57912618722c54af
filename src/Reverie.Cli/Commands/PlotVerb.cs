using System.CommandLine;
using Reverie.Cli.Compare;
using Reverie.Cli.Display;
using Reverie.Curves;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie plot RUN…</c>: learning curves.</summary>
internal sealed class PlotVerb : Verb
{
    private readonly CurveOptions choice = new();

    private readonly Option<string> output = new("--out")
    {
        Description = "a .png or .svg",
        HelpName = "FILE",
        Required = true,
    };

    public PlotVerb() : base("plot", "Draw the learning curves of runs, beside published scores.")
    {
        choice.AddTo(this);
        Add(output);
    }

    public override string[] Examples =>
    [
        "reverie plot runs/cartpole_swingup-dreamerv3-small-seed1 --out curve.png",
        "reverie plot runs/cartpole_swingup-dreamerv3-small-seed* --out seeds.svg --x hours",
        "reverie plot runs/* --group-by agent --out agents.svg --smooth 0.6 --published Dreamer,PlaNet",
        "reverie plot runs/mine --out loss.png --kind update --metric loss_image",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var path = parsed.GetRequiredValue(output);
        var chosen = choice.Read(parsed);
        chosen.Draw(path);
        foreach (var (run, group) in chosen.Each.Zip(chosen.Grouped))
            Tell(report, path, run, group.Name, chosen);
        return 0;
    }

    private static void Tell(Report report, string path, CurveRun run, string group, ChosenRuns chosen)
    {
        var values = run.Records.Where(record => record.Kind == chosen.Kind)
            .Select(record => record.Values.GetValueOrDefault(chosen.Metric, double.NaN)).Where(double.IsFinite)
            .ToArray();
        var (last, best) = values.Length > 0 ? (values[^1], values.Max()) : (double.NaN, double.NaN);
        report.Row(
            new { File = path, Run = run.Name, Group = group, Points = values.Length, Last = last, Max = best },
            $"{path}: {run.Name}, " + (values.Length == 0 ? Nothing(run, chosen)
                : $"{values.Length} points, last {Words.Figure(last)}, largest {Words.Figure(best)}"));
    }

    private static string Nothing(CurveRun run, ChosenRuns chosen)
    {
        var faint = run.Records.Count(record => record.Kind == chosen.Options.FaintKind);
        return $"no {chosen.Metric} of kind {chosen.Kind} yet" + (faint == 0 ? ""
            : $"; drawn: those of kind {chosen.Options.FaintKind}, {faint}");
    }
}
