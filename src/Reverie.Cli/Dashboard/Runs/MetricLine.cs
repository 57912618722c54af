using System.Text.Json;
using Reverie.Runs;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>One line of <c>metrics.jsonl</c>, read without making a record of it.</summary>
/// <param name="Kind">What was measured.</param>
/// <param name="Axes">Where the run stood: <c>env_steps</c>, <c>updates</c>, <c>episodes</c>, <c>seconds</c>.</param>
/// <param name="Values">The measurements in the order of the line.</param>
internal sealed record MetricLine(string Kind, double[] Axes, IReadOnlyList<KeyValuePair<string, double>> Values)
{
    /// <summary>Names of <see cref="Axes"/>.</summary>
    public static readonly string[] AxisNames = ["env_steps", "updates", "episodes", "seconds"];

    public long EnvSteps => (long)Axes[0];
    public long Updates => (long)Axes[1];
    public long Episodes => (long)Axes[2];
    public double Seconds => Axes[3];

    /// <summary>The count that a goal is about.</summary>
    public long Of(RunGoal goal) => goal.Counter == RunGoal.Updates ? Updates : EnvSteps;

    /// <summary>A value by its name, or null.</summary>
    public double? this[string name]
    {
        get
        {
            foreach (var (key, value) in Values)
                if (key == name)
                    return value;
            return null;
        }
    }

    /// <summary>Reads a line; null where it is damaged or not whole yet.</summary>
    public static MetricLine? TryParse(ReadOnlySpan<byte> line)
    {
        // What is surely none costs no exception.
        if (line.IsEmpty || line[0] != '{')
            return null;
        try
        {
            return Parse(line);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static MetricLine? Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        string? kind = null;
        var axes = new double[AxisNames.Length];
        var values = new List<KeyValuePair<string, double>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "kind")
                kind = reader.GetString();
            else if (Array.IndexOf(AxisNames, name) is >= 0 and var axis)
                axes[axis] = Number(ref reader);
            else if (name != "decisions")
                values.Add(new(name, Number(ref reader)));
        }
        // What follows the object, if anything does, is a second one: two writers, or a line that lost its end.
        return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && kind is not null
            ? new(kind, axes, values)
            : null;
    }

    private static double Number(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.Null => double.NaN,
        _ => reader.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => throw new FormatException(),
        },
    };
}
