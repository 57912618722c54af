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
        RespectRequiredConstructorParameters = true,
    };

    private const string TestAtKey = "training.test_at", EnvStepsKey = "training.env_steps";

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

    /// <summary>The identity of a run's record; null where nothing could be recorded of it yet.</summary>
    public static (string, string, int, string)? IdentityOf(string run)
    {
        try
        {
            return Of(run) is { Started: not "" } record ? record.Identity : null;
        }
        catch (ReverieException)
        {
            return null;
        }
    }

    /// <summary>What a finished run came to.</summary>
    /// <exception cref="ReverieException">a file of it cannot be read</exception>
    public static RunRecord Of(string run)
    {
        try
        {
            var facts = Json(Path.Combine(run, RunDirectory.FactsFile));
            var curve = CurveRun.Read(run);
            var records = curve.Records;
            if (records is not [.., var last])
                throw new FormatException($"{JsonLinesSink.FileName} has no measurement yet");
            var compute = Newest(run)["compute"]!;
            var config = ConfigReader.ReadResolved(Path.Combine(run, RunDirectory.ConfigFile));
            string[] presets = [.. facts["presets"]!.AsArray().Select(name => $"{name}")];
            var version = $"{facts["reverie"]}".Split('+', 2);
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
        JsonSerializer.Deserialize<RunRecord>(line, Style) is not { } record ? throw new JsonException("it is null")
            : Fault(record) is { } fault ? throw new JsonException(fault) : record;

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
    public IEnumerable<long> TestPoints =>
    [
        .. PointWords.Select(word => (long)double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture)),
        .. Settings.ContainsKey(EnvStepsKey) ? Array.Empty<long>() : [EnvSteps],
    ];

    // Those of them that the settings name.
    private string[] PointWords =>
    [
        .. Settings.GetValueOrDefault(TestAtKey, "[]").Trim('[', ']')
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        .. Settings.TryGetValue(EnvStepsKey, out var steps) ? (string[])[steps] : [],
    ];

    /// <summary>Its test at so many environment steps: the first from there on, while it is within a tenth of them;
    /// null where there was none.</summary>
    public TestRecord? TestAt(long point) =>
        Tests.FirstOrDefault(test => test.EnvSteps >= point && test.EnvSteps < point * 1.1);

    // Of how long and how often it is looked at, and of what does not change a number.
    private static bool IsOfEverySweep(string key) =>
        key is EnvStepsKey or "compute.threads" or "environment.threads"
            || key.StartsWith("training.test_", StringComparison.Ordinal);

    /// <summary>What <see cref="Settings"/> is of a run with this configuration.</summary>
    public static SortedDictionary<string, string> SettingsOf(Config config, IReadOnlyList<string> presets)
    {
        var plain = ConfigReader.Resolve(new ConfigSources { Presets = presets }).Config;
        return new(ConfigDifference.Between(plain, config)
            .Where(one => one.Key is not ("task" or "seed" or "agent" or "compute.device"))
            .ToDictionary(one => one.Key, one => one.Right), StringComparer.Ordinal);
    }

    // What the types of a record let through.
    private static string? Fault(RunRecord record) =>
        record.Presets.Any(name => name is null) || record.Settings.Values.Any(value => value is null)
            || record.Tests.Any(test => test is null) ? "an entry of its presets, settings or tests is null"
        : ((string[])[record.Task, record.Agent, .. record.Presets]).Any(name => name.Any(char.IsControl))
            ? "a control character stands in its task, agent or presets"
        : record.Seed < 0 || record.EnvSteps < 0 || record.Updates < 0
            || record.Tests.Any(test => test.EnvSteps < 0 || test.Episodes < 0) ? "one of its counts is below 0"
        : !double.IsFinite(record.CoreMinutes) || !record.Tests.All(test =>
            ((double[])[test.Mean, test.Std, test.Min, test.Max]).All(double.IsFinite)) ? "one of its numbers is not finite"
        : !record.Curve.All(point => point is { Count: 2 } && point.All(double.IsFinite)) ? "a point has two numbers"
        : record.PointWords.FirstOrDefault(word => !IsNumber(word)) is { } odd
            ? $"{TestAtKey} and {EnvStepsKey} are numbers, and '{odd}' is none"
        : null;

    private static bool IsNumber(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

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
