using System.Text;
using System.Text.Json;
using Reverie.Torch.IO;

namespace Reverie.Logging;

/// <summary>Reads <c>metrics.jsonl</c> back, also while a run is writing it.</summary>
public static class MetricsReader
{
    // Months of training; what is larger grew by a hole, and would take all memory.
    private const long LargestFile = 1L << 30;

    /// <summary>Reads a metrics file, or the one in a run directory.</summary>
    /// <exception cref="DataException">There is none, or a line other than the last is damaged.</exception>
    public static MetricHistory Read(string path)
    {
        if (Directory.Exists(path))
            path = Path.Combine(path, JsonLinesSink.FileName);
        if (!Path.Exists(path))
            throw new DataException($"there are no metrics at {path}: is it the directory of a run?");
        try
        {
            using var file = RegularFile.OpenRead(path, LargestFile);
            return Parse(new StreamReader(file), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot read the metrics {path}: {e.Message}", e);
        }
    }

    private static MetricHistory Parse(StreamReader reader, string path)
    {
        var records = new List<MetricRecord>();
        for (int number = 1; NextLine(reader) is var (line, last) && line is not null; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                records.Add(ParseLine(line));
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
                or KeyNotFoundException or ArgumentException)
            {
                if (last)
                    return new MetricHistory(records, HalfLastLine: true);
                throw new DataException($"{path}, line {number} is no measurement: {e.Message}", e);
            }
        }
        return new MetricHistory(records, HalfLastLine: false);
    }

    // A line without its end is the last one, which its writer may not have finished.
    private static (string? Line, bool Last) NextLine(StreamReader reader)
    {
        var line = new StringBuilder();
        for (int next; (next = reader.Read()) >= 0;)
        {
            if (next == '\n')
                return (line.ToString(), false);
            if (line.Length == JsonLinesSink.LongestLine)
                throw new IOException($"a line has more than {JsonLinesSink.LongestLine} characters; it is no log");
            line.Append((char)next);
        }
        return (line.Length > 0 ? line.ToString() : null, true);
    }

    private static MetricRecord ParseLine(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        var values = new OrderedDictionary<string, double>();
        foreach (JsonProperty property in root.EnumerateObject())
            if (!MetricRecord.Reserved.Contains(property.Name))
                values[property.Name] = Number(property.Value);
        return new MetricRecord
        {
            Kind = root.GetProperty("kind").GetString() ?? throw new FormatException("its kind is null"),
            EnvSteps = Count(root, "env_steps"),
            Decisions = Count(root, "decisions"),
            Updates = Count(root, "updates"),
            Episodes = Count(root, "episodes"),
            Seconds = root.TryGetProperty("seconds", out JsonElement seconds) ? Number(seconds) : 0,
            Values = values,
        };
    }

    private static long Count(JsonElement root, string name)
        => root.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.Null => double.NaN,
        _ => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new FormatException($"'{other}' is not a number"),
        },
    };
}
