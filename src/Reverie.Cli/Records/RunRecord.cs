using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Reverie.Configuration;
using Reverie.Curves;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Cli.Records;

/// <summary>A finished run in one line of JSON: what it was, on what, and what it came to.</summary>
internal sealed record RunRecord
{
    /// <summary>How a commit ends whose tree had changes; the build writes it (Directory.Build.targets).</summary>
    public const string Changes = "+changes";

    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    public required string Task { get; init; }

    /// <summary>The algorithm.</summary>
    public required string Agent { get; init; }

    /// <summary>Presets that it was begun with, in their order.</summary>
    public required IReadOnlyList<string> Presets { get; init; }

    /// <summary>Values that are neither the presets' nor defaults, less seed, task, and where it computed.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required int Seed { get; init; }

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The commit that it was built from; <see cref="Changes"/> ends it where the sources had changes that no
    /// commit holds.</summary>
    public required string Commit { get; init; }

    /// <summary>Processor, libtorch and threads.</summary>
    public required RunMachine Machine { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public required string Started { get; init; }

    public required long EnvSteps { get; init; }

    public required long Updates { get; init; }

    /// <summary>Minutes that it was worked on, tests and evaluations included, times the threads that it had.</summary>
    public required double CoreMinutes { get; init; }

    /// <summary>Tests without noise, in order.</summary>
    public required IReadOnlyList<TestRecord> Tests { get; init; }

    /// <summary>Environment steps and mean return of each evaluation on the way, or of episodes of training where there
    /// was none.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Curve { get; init; }

    /// <summary>Whether nobody can build the program again that it was begun with.</summary>
    [JsonIgnore]
    public bool IsOfChanges => Commit.EndsWith(Changes, StringComparison.Ordinal);

    /// <summary>Seven digits of the commit, and the mark of changes.</summary>
    [JsonIgnore]
    public string ShortCommit => Commit.Split('+')[0] is { Length: > 7 } hash
        ? hash[..7] + Commit[hash.Length..] : Commit;

    /// <summary>What makes two records those of one run.</summary>
    [JsonIgnore]
    public (string, string, int, string) Identity => (Task, Setting, Seed, Started);

    /// <summary>What a finished run came to.</summary>
    /// <exception cref="ReverieException">a file of it cannot be read</exception>
    public static RunRecord Of(string run)
    {
        try
        {
            var facts = Json(Path.Combine(run, RunDirectory.FactsFile));
            var curve = CurveRun.Read(run);
            var records = curve.Records;
            var compute = Newest(run)["compute"]!;
            var config = ConfigReader.ReadResolved(Path.Combine(run, RunDirectory.ConfigFile));
            string[] presets = [.. facts["presets"]!.AsArray().Select(name => $"{name}")];
            var version = $"{facts["reverie"]}".Split('+', 2);
            var last = records[^1];
            var threads = Math.Max(compute["threads"]!.GetValue<int>(), config.Environment.Threads);
            return new RunRecord
            {
                Task = RunDirectory.TitleOf(run, config.Task), Agent = config.Agent, Presets = presets,
                Settings = SettingsOf(config, presets),
                Seed = config.Seed, Version = version[0], Commit = version.Length > 1 ? version[1] : "",
                Started = $"{facts["started"]}",
                Machine = new RunMachine($"{facts["processor"]}", $"{compute["instructions"]}", $"{compute["device"]}",
                    $"{compute["precision"]}", threads, $"{compute["libtorch"]}"),
                EnvSteps = last.EnvSteps, Updates = last.Updates,
                CoreMinutes = Math.Round(last.Seconds / 60 * threads, 1),
                Tests = [.. records.Where(record => record.Kind == MetricRecord.Test).Select(TestRecord.Of)],
                Curve = CurveOf(records),
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException
            or NullReferenceException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new ReverieException($"{run}: its results cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">it is none</exception>
    public static RunRecord Parse(string line) =>
        JsonSerializer.Deserialize<RunRecord>(line, Style) is { Tests: not null, Curve: not null } record
            && record.Curve.All(point => point is { Count: 2 }) ? record
            : throw new JsonException("a point has two numbers");

    /// <summary>The line.</summary>
    public string Line() => JsonSerializer.Serialize(this, Style);

    /// <summary>As a run to compare and to draw; its name is that of its setting with the seed.</summary>
    public CurveRun AsRun() => new($"{Task}-{Setting}-seed{Seed}",
    [
        .. Curve.Select(point => new MetricRecord
        {
            Kind = "evaluation", EnvSteps = (long)point[0],
            Values = new Dictionary<string, double> { ["return"] = point[1] },
        }).Concat(Tests.Select(test => test.AsRecord())).OrderBy(record => record.EnvSteps),
    ])
    {
        Settings = new Dictionary<string, string>(Settings)
        {
            ["task"] = Task, ["agent"] = Agent, ["seed"] = $"{Seed}", ["preset"] = string.Join(',', Presets),
        },
    };

    /// <summary><c>planet-small</c>, with the values that were set beside.</summary>
    [JsonIgnore]
    public string Setting => string.Join('-', [string.Join('-', Presets),
        .. Settings.Where(pair => !IsOfEverySweep(pair.Key))
            .Select(pair => $"{pair.Key[(pair.Key.LastIndexOf('.') + 1)..]}={pair.Value}")]);

    /// <summary>Environment steps at which it was to be tested, the end among them.</summary>
    [JsonIgnore]
    public IEnumerable<long> TestPoints => Settings.GetValueOrDefault("training.test_at", "[]").Trim('[', ']')
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(word => (long)double.Parse(word, CultureInfo.InvariantCulture))
        .Append(Settings.TryGetValue("training.env_steps", out var steps)
            ? (long)double.Parse(steps, CultureInfo.InvariantCulture) : EnvSteps);

    /// <summary>Its test at so many environment steps: the first from there on, while it is within a tenth of them;
    /// null where there was none.</summary>
    public TestRecord? TestAt(long point) =>
        Tests.FirstOrDefault(test => test.EnvSteps >= point && test.EnvSteps < point * 1.1);

    // Of how long and how often it is looked at, and of what does not change a number.
    private static bool IsOfEverySweep(string key) =>
        key is "training.env_steps" or "compute.threads" or "environment.threads"
            || key.StartsWith("training.test_", StringComparison.Ordinal);

    /// <summary>What <see cref="Settings"/> is of a run with this configuration.</summary>
    public static SortedDictionary<string, string> SettingsOf(Config config, IReadOnlyList<string> presets)
    {
        var plain = ConfigReader.Resolve(new ConfigSources { Presets = presets }).Config;
        return new(ConfigDifference.Between(plain, config)
            .Where(one => one.Key is not ("task" or "seed" or "agent" or "compute.device"))
            .ToDictionary(one => one.Key, one => one.Right), StringComparer.Ordinal);
    }

    private static IReadOnlyList<IReadOnlyList<double>> CurveOf(IReadOnlyList<MetricRecord> records)
    {
        foreach (var kind in (string[])["evaluation", "episode"])
        {
            var there = records.Where(record => record.Kind == kind && record.Values.ContainsKey("return")).ToArray();
            if (there.Length > 0)
                return [.. there.Where(record => double.IsFinite(record.Values["return"])).Select(record =>
                    (IReadOnlyList<double>)[record.EnvSteps, Math.Round(record.Values["return"], 3)])];
        }
        return [];
    }

    private static JsonNode Newest(string run)
    {
        var newest = Directory.GetDirectories(Path.Combine(run, RunDirectory.CheckpointFolder))
            .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)).Max(StringComparer.Ordinal)
            ?? throw new InvalidOperationException("it has no checkpoint");
        return Json(Path.Combine(newest, "state.json"));
    }

    private static JsonNode Json(string path) => JsonNode.Parse(RegularFile.ReadAllBytes(path))!;
}
