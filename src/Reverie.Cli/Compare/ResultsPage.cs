using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Reverie.Cli.Display;
using Reverie.Cli.Records;
using Reverie.Curves;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Torch.IO;

namespace Reverie.Cli.Compare;

/// <summary>
/// A page whose tables and curves are made from records of runs: what stands between
/// <c>&lt;!-- results: NAME --&gt;</c> and <c>&lt;!-- end of results --&gt;</c> comes from <c>NAME.jsonl</c> in the
/// folder that has the page's name, and the curves lie in <c>images/results-NAME.svg</c> beside it. With <c>bands</c>
/// in the place of <c>results</c> it is the bands that the records make for <c>reverie gate</c>, without curves.
/// </summary>
/// <param name="path">The page, in Markdown.</param>
internal sealed partial class ResultsPage(string path)
{
    private const int PanelWidth = 560, PanelHeight = 420;
    private const string Bands = "bands";

    private readonly string room = Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>What each file of the page should be, by its path; the page first.</summary>
    /// <exception cref="ReverieException">the page or a file of records cannot be read, or the page has no place
    /// for any, or one without an end</exception>
    public IReadOnlyList<(string Path, byte[] Content, string Said)> Files()
    {
        var page = Text();
        DemandEnds(page);
        // As its first line ends, so do those that are put into it.
        var lineEnd = page.IndexOf('\n') is > 0 and var at && page[at - 1] == '\r' ? "\r\n" : "\n";
        var (images, said) = (new List<(string, byte[], string)>(), new List<string>());
        var text = Block().Replace(page, match =>
        {
            var (kind, name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
            var file = Path.Combine(room, Path.GetFileNameWithoutExtension(path), name + RecordFile.Extension);
            var records = RecordFile.Read(file).OrderBy(record => record.Task, StringComparer.Ordinal)
                .ThenBy(record => record.Setting, StringComparer.Ordinal).ThenBy(record => record.Seed).ToArray();
            said.Add($"{name}: {Words.Several(records.Length, "run")}"
                + OfChanges(records, ", ", " of changed builds"));
            var image = $"images/results-{name}.svg";
            if (records.Length > 0 && kind != Bands)
                images.Add((Path.Combine(room, image), Curves(records), ""));
            var made = records.Length == 0 ? "No run is recorded yet.\n"
                : (kind == Bands ? BandTables.Of(ScoreBand.Read(file)) : Tables(records, image))
                    + OfChanges(records, "\n", " begun by a build with changes that no commit holds.\n");
            return $"<!-- {kind}: {name} -->\n\n{made}\n<!-- end of {kind} -->".Replace("\n", lineEnd);
        });
        if (said.Count == 0)
            throw new ReverieException($"{path}: has no place for results: a line `<!-- results: NAME -->` and, below "
                + "it, `<!-- end of results -->`");
        return [(path, Encoding.UTF8.GetBytes(text), string.Join(", ", said)), .. images];
    }

    /// <summary>The tables of some runs, as they stand on the page.</summary>
    /// <param name="records">at least one</param>
    /// <param name="image">where their curves are</param>
    internal static string Tables(IReadOnlyList<RunRecord> records, string image)
    {
        var chosen = Chosen(records, MetricRecord.Test, "all");
        var table = new ScoreTable(new Comparison(chosen, 1, null));
        TextTable[] tables =
            [table.Scores(), OnTheWay(records), table.Details(), table.Sums(), table.Improvements(), Runs(records)];
        return $"![return against environment steps]({image})\n\n"
            + string.Join("\n", tables.Where(one => one.Rows.Count > 0).Select(one => one.Markdown()))
            + $"\n{string.Join("  \n", table.Legend(chosen, 1))}\n";
    }

    // Nobody can repeat those: it is said wherever they are shown.
    private static string OfChanges(IReadOnlyList<RunRecord> records, string before, string after) =>
        records.Count(record => record.IsOfChanges) is > 0 and var count
            ? $"{before}{count} of {Words.Several(records.Count, "run")}{after}" : "";

    private static ChosenRuns Chosen(IReadOnlyList<RunRecord> records, string kind, string published)
    {
        CurveRun[] runs = [.. records.Select(record => record.AsRun())];
        var scores = from task in records.Select(record => record.Task).Distinct()
                     let info = EnvironmentRegistry.Known(task)
                     where info is not null
                     let steps = records.Where(record => record.Task == task).Max(record => record.EnvSteps)
                     from score in PublishedScoreChoice.At(info, published, steps)
                     select (info, score);
        var options = new LearningCurveOptions
        {
            Kind = kind, FaintKind = null, PanelPerTask = true, Width = PanelWidth, Height = PanelHeight,
        };
        var groups = RunGroups.AcrossTasks(runs, []);
        return new ChosenRuns(runs, groups, ChosenRuns.Return, kind, [.. scores], options);
    }

    private static byte[] Curves(IReadOnlyList<RunRecord> records)
    {
        var folder = Directory.CreateTempSubdirectory("reverie-results-").FullName;
        try
        {
            var kind = records.All(record => record.Curve.Count > 0) ? "evaluation" : MetricRecord.Test;
            Chosen(records, kind, "own").Draw(Path.Combine(folder, "curves.svg"));
            return File.ReadAllBytes(Path.Combine(folder, "curves.svg"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Tests at the environment steps that runs were asked to be tested at; the last of each is the end, and a table of
    // nothing but ends would only say again where each run was.
    private static TextTable OnTheWay(IReadOnlyList<RunRecord> records)
    {
        if (!records.Any(record => record.TestPoints.Skip(1).Any()))
            return new TextTable([], []);
        long[] points = [.. records.SelectMany(record => record.TestPoints).Distinct().Order()];
        return new TextTable(["task", "group, tested at", .. points.Select(Words.Count)],
        [
            .. records.GroupBy(record => (record.Task, record.Setting)).Select(group => (IReadOnlyList<string>)
                [group.Key.Task, group.Key.Setting, .. points.Select(point =>
                    Mean([.. group.Select(record => record.TestAt(point)).OfType<TestRecord>()]))]),
        ]);
    }

    private static string Mean(TestRecord[] tests)
    {
        if (tests.Length == 0)
            return "–";
        var sum = ScoreSummary.Of([.. tests.Select(test => test.Mean)]);
        return $"{Words.Figure(sum.Mean)}{(tests.Length > 1 ? $" ± {Words.Figure(sum.Std)}" : "")} ({tests.Length})";
    }

    private static TextTable Runs(IReadOnlyList<RunRecord> records) => new(
        ["task", "group", "seed", "last test", "over its episodes", "env steps", "updates", "core minutes", "begun",
            "commit", "machine"],
        [
            .. records.Select(record => (IReadOnlyList<string>)[record.Task, record.Setting, $"{record.Seed}",
                .. record.Tests is [.., var last] ? (string[])[Words.Figure(last.Mean), $"± {Words.Figure(last.Std)}, "
                    + $"{Words.Figure(last.Min)} to {Words.Figure(last.Max)} ({last.Episodes})"] : ["–", "–"],
                Words.Count(record.EnvSteps), Words.Count(record.Updates),
                record.CoreMinutes.ToString("0", CultureInfo.InvariantCulture), record.Started.Split('T')[0],
                record.ShortCommit,
                $"{record.Machine.Processor}, {record.Machine.Instructions}, {record.Machine.Precision}"]),
        ]);

    // What stands behind a mark without an end is somebody's own.
    private void DemandEnds(string page)
    {
        var marks = Mark().Matches(page).ToArray();
        foreach (var (i, mark) in marks.Index())
            if (mark.Groups["kind"] is { Success: true, Value: var kind }
                && (i + 1 == marks.Length || marks[i + 1].Groups["end"].Value != kind))
                throw new ReverieException($"{path}:{page.AsSpan(0, mark.Index).Count('\n') + 1}: `{mark.Value}` has no "
                    + $"`<!-- end of {kind} -->`");
    }

    // The mark of editors that begin a text with one comes along, and is written again.
    private string Text()
    {
        try
        {
            return RecordFile.Utf8.GetString(RegularFile.ReadAllBytes(path));
        }
        catch (DecoderFallbackException fault)
        {
            throw new ReverieException($"{path}: is not UTF-8; save it as such", fault);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ReverieException($"{path}: there is no such page", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }

    [GeneratedRegex(@"<!-- (?<kind>results|bands): (?<name>[A-Za-z0-9_-]+) -->.*?<!-- end of \k<kind> -->",
        RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("<!-- (?:(?<kind>results|bands): [A-Za-z0-9_-]+|end of (?<end>results|bands)) -->")]
    private static partial Regex Mark();
}
