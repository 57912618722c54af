using System.CommandLine;
using System.Text;
using Reverie.Cli.Compare;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Curves;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Torch.IO;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie compare RUN…</c>: what groups of runs came to, beside what is published.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly CurveOptions choice = new();

    private readonly Option<string[]> output = new("--out")
    {
        Description = "also write the table (.md, .csv) or the curves (.svg, .png); repeat it for more",
        HelpName = "FILE",
    };

    private readonly Option<int?> last = new Option<int?>("--last")
    {
        Description = "records at the end of a run whose mean is its final score [default: 1 of tests, else 5]",
        HelpName = "N",
    }.AtLeast(1);

    private readonly Option<string> reference = new("--reference")
    {
        Description = "agent whose published score is 1 where tasks are summed up [default: the task's own]",
        HelpName = "AGENT",
    };

    public CompareVerb() : base("compare", "Sum up the final scores of groups of runs, task by task: mean, spread, "
        + "median, interquartile mean with its interval, beside scores published at the same environment steps; over "
        + "several tasks on the tasks' own scales, with the probability that one group is better than another.")
    {
        choice.AddTo(this);
        this.AddAll(last, reference, output);
    }

    public override string[] Examples =>
    [
        "reverie compare runs/cartpole_swingup-dreamerv3-small-seed* runs/cartpole_swingup-dreamer-small-seed*",
        "reverie compare runs/* --group-by agent --out table.md --out table.csv --out curves.svg",
        "reverie compare runs/* --group-by model.dynamics --env-steps 100000 --published all",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        string[] files = [.. parsed.GetValue(output) ?? []];
        foreach (var file in files)
            if (Path.GetExtension(file) is not (".md" or ".csv" or ".svg" or ".png"))
                throw new ReverieException($"--out {file}: name a file that ends in .md, .csv, .svg or .png");
            else if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } room && !Directory.Exists(room))
                throw new ReverieException($"--out {file}: there is no folder {room}; make it first");
        var chosen = WithScores(choice.Read(parsed, tests: true, sameSteps: true), report);
        var count = parsed.GetValue(last) ?? (chosen.Kind == MetricRecord.Test ? 1 : 5);
        var comparison = new Comparison(chosen, count, Reference(parsed));
        var table = new ScoreTable(comparison);
        if (report.Json)
            foreach (var row in comparison.Rows.Cast<object>().Concat(comparison.Sums).Concat(comparison.Improvements))
                report.Row(row, "");
        foreach (var one in table.All)
            report.Say(one.Plain());
        foreach (var line in table.Legend(chosen, count))
            report.Say(line);
        foreach (var file in files)
            Write(file, chosen, table, count);
        return 0;
    }

    private string? Reference(ParseResult parsed)
    {
        if (parsed.GetValue(reference) is not { } agent)
            return null;
        string[] known = [.. EnvironmentRegistry.Tasks.SelectMany(task => task.PublishedScores)
            .Select(score => score.Agent).Distinct()];
        return known.Contains(agent, StringComparer.OrdinalIgnoreCase) ? agent
            : throw new ReverieException($"--reference: nobody has published scores of '{agent}'"
                + NearestName.Hint(agent, known));
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

    private static void Write(string file, ChosenRuns chosen, ScoreTable table, int last)
    {
        if (Path.GetExtension(file) is ".svg" or ".png")
        {
            chosen.Draw(file);
            return;
        }
        var text = Path.GetExtension(file) == ".md" ? table.Markdown(chosen, last) : table.Csv();
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
