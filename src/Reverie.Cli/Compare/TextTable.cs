using System.Text;

namespace Reverie.Cli.Compare;

/// <summary>Cells under headings, as text in columns or as Markdown.</summary>
/// <param name="Headings">the first line; numbers stand below all but the first</param>
/// <param name="Rows">lines of as many cells</param>
internal sealed record TextTable(IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Columns of equal width.</summary>
    public string Plain()
    {
        IReadOnlyList<string>[] lines = [Headings, .. Rows];
        var widths = Headings.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        return string.Concat(lines.Select(line =>
            string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd() + "\n"));
    }

    /// <summary>Pipes.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        Line(Headings);
        Line(Headings.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in Rows)
            Line(row);
        return text.ToString();

        void Line(IEnumerable<string> cells) =>
            text.Append($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |\n");
    }
}
