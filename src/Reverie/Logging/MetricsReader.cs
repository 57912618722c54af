using System.Text.Json;

namespace Reverie.Logging;

/// <summary>Reads <c>metrics.jsonl</c> back, also while a run is writing it.</summary>
public static class MetricsReader
{
    /// <summary>Reads a metrics file, or the one in a run directory.</summary>
    /// <exception cref="ReverieException">There is none, or a line other than the last is damaged.</exception>
    public static MetricHistory Read(string path)
    {
        if (Directory.Exists(path))
            path = Path.Combine(path, JsonLinesSink.FileName);
        if (!File.Exists(path))
            throw new ReverieException($"there are no metrics at {path}: is it the directory of a run?");
        string[] lines;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            lines = reader.ReadToEnd().Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"cannot read the metrics {path}: {e.Message}", e);
        }
        return Parse(lines, path);
    }

    private static MetricHistory Parse(string[] lines, string path)
    {
        var records = new List<MetricRecord>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            try
            {
                records.Add(ParseLine(lines[i]));
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
                or KeyNotFoundException or ArgumentException)
            {
                if (i == lines.Length - 1)
                    return new MetricHistory(records, HalfLastLine: true);
                throw new ReverieException($"{path}, line {i + 1} is no measurement: {e.Message}", e);
            }
        }
        return new MetricHistory(records, HalfLastLine: false);
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
