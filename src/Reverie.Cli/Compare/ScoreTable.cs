using System.Globalization;
using System.Text;
using Reverie.Cli.Display;

namespace Reverie.Cli.Compare;

/// <summary>A comparison as tables for people, or as CSV for programs.</summary>
internal sealed class ScoreTable
{
    private readonly Comparison comparison;
    private readonly string[] sources;

    /// <summary>Makes it.</summary>
    public ScoreTable(Comparison comparison)
    {
        this.comparison = comparison;
        sources = [.. comparison.Rows.Where(row => row.IsPublished).Select(row => row.Source).Distinct()];
    }

    /// <summary>Tasks down; one's own groups, then published scores across. Where each task has a scale, the mean over
    /// it stands last.</summary>
    public TextTable Scores()
    {
        var published = comparison.Rows.Where(row => row.IsPublished).Select(Column).Distinct().ToArray();
        string[] columns = [.. comparison.Groups, .. published];
        var lines = comparison.Tasks.Select(task =>
        {
            ScoreRow[] rows = [.. comparison.Rows.Where(row => row.Task == task)];
            return (IReadOnlyList<string>)[task ?? "(unknown)", StepsOf([.. rows.Where(row => !row.IsPublished)]),
                .. columns.Select(column => rows.FirstOrDefault(row => Column(row) == column)?.Cell ?? "–")];
        }).ToList();
        if (comparison.Tasks.Count > 1 && comparison.Unscaled.Count == 0)
            lines.Add(["normalised mean", "", .. columns.Select(Normalised)]);
        return new TextTable(["task", "env steps", .. columns], lines);
    }

    /// <summary>More of one's own groups, task by task.</summary>
    public TextTable Details() => new(
        ["task", "group", "runs", "env steps", "mean", "std", "median", "IQM", "95 % of IQM"],
        [.. comparison.Rows.Where(row => !row.IsPublished).Select(row => (IReadOnlyList<string>)
            [row.Task ?? "(unknown)", row.Group, $"{row.Runs}", StepsOf([row]), Words.Figure(row.Mean),
                Words.Figure(row.Std), Words.Figure(row.Median), Words.Figure(row.Iqm), Interval(row.Low, row.High)])]);

    /// <summary>Each group over all tasks.</summary>
    public TextTable Sums() => new(["over tasks, normalised", "tasks", "runs", "mean", "median", "IQM", "95 % of IQM"],
        [.. comparison.Sums.Select(row => (IReadOnlyList<string>)[row.Group, $"{row.Tasks}", $"{row.Runs}",
            Words.Figure(row.Mean), Words.Figure(row.Median), Words.Figure(row.Iqm), Interval(row.Low, row.High)])]);

    /// <summary>Each pair of groups.</summary>
    public TextTable Improvements() => new(["more than", "group", "tasks", "probability", "95 %"],
        [.. comparison.Improvements.Select(row => (IReadOnlyList<string>)[row.Group, row.Over, $"{row.Tasks}",
            Words.Figure(row.Probability), Interval(row.Low, row.High)])]);

    /// <summary>The tables that have lines.</summary>
    public IEnumerable<TextTable> All =>
        ((TextTable[])[Scores(), Details(), Sums(), Improvements()]).Where(table => table.Rows.Count > 0);

    /// <summary>What the numbers are, in lines.</summary>
    /// <param name="chosen">what was summed up</param>
    /// <param name="last">records of a score</param>
    public IEnumerable<string> Legend(ChosenRuns chosen, int last)
    {
        yield return $"A run's score is the {(last == 1 ? "" : "mean ")}{chosen.Metric} of its last "
            + $"{(last == 1 ? "record" : $"{last} records")} of kind {chosen.Kind}. ±: standard deviation over runs, "
            + "divided by n; in brackets how many runs.";
        yield return $"IQM: mean without the lowest and the highest quarter of the runs, with the interval of 10,000 "
            + $"bootstrap samples; not of fewer than {Comparison.FewestRuns} runs.";
        if (comparison.Sums.Count > 0 || comparison.Tasks.Count > 1)
            yield return "Normalised: 0 is what random actions get, 1 the reference: "
                + string.Join("; ", comparison.Rows.Select(row => row.Scale?.Source).OfType<string>().Distinct()
                    .DefaultIfEmpty("none is known")) + ".";
        if (comparison.Unscaled is [_, ..] bare)
            yield return $"Without a scale, and in no sum: {string.Join(", ", bare)}.";
        foreach (var (i, source) in sources.Index())
            yield return $"[{i + 1}] {source}.";
    }

    /// <summary>Tables and legend, with an empty line between.</summary>
    public string Markdown(ChosenRuns chosen, int last) => string.Join("\n",
        All.Select(table => table.Markdown()).Append(string.Join("  \n", Legend(chosen, last)) + "\n"));

    /// <summary>RFC 4180 with a heading, a line for each task and group; numbers in full, empty where there is none.
    /// </summary>
    public string Csv()
    {
        var text = new StringBuilder(
            "task,group,runs,env_steps,max_env_steps,mean,std,median,iqm,low,high,normalised,source\r\n");
        foreach (var row in comparison.Rows)
            text.Append(string.Join(',', Quoted(row.Task ?? ""), Quoted(row.Group), row.Runs, row.EnvSteps,
                row.MaxEnvSteps, Number(row.Mean), Number(row.Std), Number(row.Median), Number(row.Iqm),
                Number(row.Low), Number(row.High), Number(row.Normalised), Quoted(row.Source))).Append("\r\n");
        return text.ToString();
    }

    private string Column(ScoreRow row) => !row.IsPublished ? row.Group
        : $"{row.Group}{(row.EnvSteps == 0 ? ", steps not said" : "")} [{Array.IndexOf(sources, row.Source) + 1}]";

    private string Normalised(string column)
    {
        var rows = comparison.Rows.Where(row => Column(row) == column).ToArray();
        return rows.Length < comparison.Tasks.Count ? "–" : Words.Figure(rows.Average(row => row.Normalised));
    }

    private static string StepsOf(ScoreRow[] rows)
    {
        var (low, high) = (rows.Min(row => row.EnvSteps), rows.Max(row => row.MaxEnvSteps));
        return high == 0 ? "–" : low == high ? Words.Count(low) : $"{Words.Count(low)} to {Words.Count(high)}";
    }

    private static string Interval(double low, double high) =>
        double.IsNaN(low) ? "–" : $"{Words.Figure(low)} to {Words.Figure(high)}";

    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
