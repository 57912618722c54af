using System.Globalization;
using System.Text;
using Reverie.Cli.Display;

namespace Reverie.Cli.Compare;

/// <summary>The comparison as Markdown, for people, or as CSV, for programs.</summary>
internal static class ScoreTable
{
    /// <summary>Headings, and the cell of each as people read it.</summary>
    public static (string Heading, Func<ScoreRow, string> Cell)[] Columns =>
    [
        ("group", row => row.Group),
        ("runs", row => row.IsPublished ? "published" : $"{row.Runs}"),
        ("env steps", row => row.EnvSteps == row.MaxEnvSteps ? Steps(row.EnvSteps)
            : $"{Steps(row.EnvSteps)} to {Steps(row.MaxEnvSteps)}"),
        ("mean", row => Words.Figure(row.Mean)),
        ("std", row => Words.Figure(row.Std)),
        ("median", row => Words.Figure(row.Median)),
        ("IQM", row => Words.Figure(row.Iqm)),
        ("95 % of IQM", row => double.IsNaN(row.Low) ? "–" : $"{Words.Figure(row.Low)} to {Words.Figure(row.High)}"),
    ];

    /// <summary>A table of pipes, then what its numbers are and where the published ones come from.</summary>
    /// <param name="rows">its lines</param>
    /// <param name="legend">what the numbers are</param>
    public static string Markdown(IReadOnlyList<ScoreRow> rows, string legend)
    {
        var text = new StringBuilder();
        Line(Columns.Select(column => column.Heading));
        Line(Columns.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in rows)
            Line(Columns.Select(column => column.Cell(row)));
        text.Append($"\n{legend}\n");
        foreach (var row in rows.Where(row => row.IsPublished))
            text.Append($"{row.Group}: {row.Source}.\n");
        return text.ToString();

        void Line(IEnumerable<string> cells) =>
            text.Append($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |\n");
    }

    /// <summary>RFC 4180 with a heading; numbers in full, empty where there is none.</summary>
    public static string Csv(IReadOnlyList<ScoreRow> rows)
    {
        var text = new StringBuilder("group,runs,env_steps,max_env_steps,mean,std,median,iqm,low,high,source\r\n");
        foreach (var row in rows)
            text.Append(string.Join(',', Quoted(row.Group), row.Runs, row.EnvSteps, row.MaxEnvSteps, Number(row.Mean),
                Number(row.Std), Number(row.Median), Number(row.Iqm), Number(row.Low), Number(row.High),
                Quoted(row.Source))).Append("\r\n");
        return text.ToString();
    }

    private static string Steps(long steps) => steps > 0 ? Words.Count(steps) : "–";

    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
