using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Reverie.Cli.Display;

/// <summary>Where a verb's results go: tables and lines for people, or one JSON object a line for programs.</summary>
internal sealed class Report(ParseResult parsed, bool json)
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new FiniteNumber() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether programs read it.</summary>
    public bool Json => json;

    /// <summary>Standard output.</summary>
    public TextWriter Out => parsed.InvocationConfiguration.Output;

    /// <summary>Standard error: progress and warnings.</summary>
    public TextWriter Error => parsed.InvocationConfiguration.Error;

    /// <summary>Whether somebody watches a terminal that can be drawn on.</summary>
    public bool Live => !json && ReferenceEquals(Out, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>One object for programs.</summary>
    public static string Serialise(object row) => JsonSerializer.Serialize(row, Style);

    /// <summary>One result: the object with <c>--json</c>, the line without.</summary>
    public void Row(object row, string line) => Out.WriteLine(json ? Serialise(row) : line);

    /// <summary>A line for people only.</summary>
    public void Say(string line)
    {
        if (!json)
            Out.WriteLine(line);
    }

    /// <summary>Many results: objects with <c>--json</c>, a table of their properties without.</summary>
    /// <param name="rows">the results</param>
    /// <param name="columns">headings and the cell of each</param>
    public void Table<T>(IReadOnlyCollection<T> rows, params (string Heading, Func<T, string> Cell)[] columns)
        where T : notnull
    {
        if (json)
        {
            foreach (var row in rows)
                Out.WriteLine(Serialise(row));
            return;
        }
        if (rows.Count == 0)
            return;
        string[][] lines =
        [
            [.. columns.Select(column => column.Heading)],
            .. rows.Select(row => columns.Select(column => column.Cell(row)).ToArray()),
        ];
        var widths = columns.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        foreach (var line in lines)
            Out.WriteLine(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>The terminal.</summary>
    public IAnsiConsole Screen() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) });

    // JSON has no word for NaN and infinity; null says "no number" to every reader.
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
