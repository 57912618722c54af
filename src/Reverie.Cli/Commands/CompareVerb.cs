using System.CommandLine;
using System.Text;
using Reverie.Cli.Compare;
using Reverie.Logging;
using Reverie.Torch.IO;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie compare RUN…</c>: what groups of runs came to, beside what is published.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly CurveChoice choice = new();

    private readonly Option<string[]> output = new("--out")
    {
        Description = "also write the table (.md, .csv) or the curves (.svg, .png); repeat it for more",
        HelpName = "FILE",
    };

    private readonly Option<int> last = new("--last")
    {
        Description = "records at the end of a run whose mean is its final score",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    public CompareVerb() : base("compare", "Sum up the final scores of groups of runs: mean, spread, median, "
        + "interquartile mean with its interval, beside published scores.")
    {
        choice.AddTo(this);
        Add(last);
        Add(output);
    }

    public override string[] Examples =>
    [
        "reverie compare runs/cartpole_swingup-planet-small-seed* runs/cartpole_swingup-dreamer-small-seed*",
        "reverie compare runs/* --group-by agent --out table.md --out table.csv --out curves.svg",
        "reverie compare runs/* --group-by task,model.dynamics --env-steps 100000 --published all",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        string[] files = [.. parsed.GetValue(output) ?? []];
        foreach (var file in files)
            if (Path.GetExtension(file) is not (".md" or ".csv" or ".svg" or ".png"))
                throw new ReverieException($"--out {file}: name a file that ends in .md, .csv, .svg or .png");
        var count = parsed.GetValue(last);
        if (count < 1)
            throw new ReverieException("--last: give a whole number of at least 1");
        var chosen = WithScores(choice.Read(parsed), report);
        var rows = ScoreRow.Of(chosen, count);
        report.Table(rows, ScoreTable.Columns);
        report.Say("");
        report.Say(Legend(chosen, count));
        foreach (var row in rows.Where(row => row.IsPublished))
            report.Say($"{row.Group}: {row.Source}");
        foreach (var file in files)
            Write(file, chosen, rows, Legend(chosen, count));
        return 0;
    }

    // Among many runs there is often one that was stopped before its first evaluation.
    private static ChosenRuns WithScores(ChosenRuns chosen, Report report)
    {
        var kept = chosen.Each.Zip(chosen.Grouped)
            .Where(pair => FinalScore.Exists(pair.First, chosen.Metric, chosen.Kind)).ToArray();
        if (kept.Length == 0)
            return chosen;      // whoever sums them up tells what the first one has
        foreach (var run in chosen.Each.Except(kept.Select(pair => pair.First)))
            report.Error.WriteLine($"{run.Name} is left out: it has no {chosen.Kind} with a finite {chosen.Metric}");
        return chosen with
        {
            Each = [.. kept.Select(pair => pair.First)], Grouped = [.. kept.Select(pair => pair.Second)],
        };
    }

    private static string Legend(ChosenRuns chosen, int last) =>
        $"A run's score is the mean {chosen.Metric} of its last {last} records of kind {chosen.Kind}.\n"
        + "std: over runs, divided by n. IQM: mean without the lowest and the highest quarter of the runs, with the "
        + "interval of 10,000 bootstrap samples.";

    private static void Write(string file, ChosenRuns chosen, IReadOnlyList<ScoreRow> rows, string legend)
    {
        if (Path.GetExtension(file) is ".svg" or ".png")
        {
            chosen.Draw(file);
            return;
        }
        var text = Path.GetExtension(file) == ".md" ? ScoreTable.Markdown(rows, legend) : ScoreTable.Csv(rows);
        try
        {
            AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"cannot write {file}: {fault.Message}", fault);
        }
    }
}
