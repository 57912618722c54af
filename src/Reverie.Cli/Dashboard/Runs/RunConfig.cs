using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Runs;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// A run's <c>config.yaml</c> as it stands there: keys, values, origins. Read line by line, so that runs of other
/// versions, whose keys this program does not know, can be shown too.
/// </summary>
/// <param name="Entries">Key, value and origin, in the order of the file.</param>
/// <param name="Fault">What in the file is no setting, in words; null where all of it is one.</param>
internal sealed record RunConfig(IReadOnlyList<RunConfig.Entry> Entries, string? Fault = null)
{
    private const string OriginMark = "  # ", PresetMark = "preset ";
    private const int MostEntries = 2000, Deepest = 8;

    /// <summary>Of a run that says nothing.</summary>
    public static RunConfig None { get; } = new([]);

    // What may change while a run goes on, and the seed, do not make another setting of it.
    private static readonly HashSet<string> Free =
        [.. Settings.All.Where(setting => setting.MayChange).Select(setting => setting.Key), "seed"];

    /// <summary>One key.</summary>
    internal sealed record Entry(string Key, string Value, string Origin);

    /// <summary>Alike for runs that differ in their seed only.</summary>
    public string Setting { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        Entries.Where(entry => !Free.Contains(entry.Key)).Select(entry => $"{entry.Key}={entry.Value}")))))[..12];

    /// <summary>Presets that values came from, as far as the file says so, in the order in which they are
    /// stacked.</summary>
    public IReadOnlyList<string> Presets { get; } =
    [
        .. Configuration.Presets.InOrder(
            Entries.Where(entry => entry.Origin.StartsWith(PresetMark, StringComparison.Ordinal))
                .SelectMany(entry => entry.Origin[PresetMark.Length..].Split(':')[0].Split('.')).Distinct(),
            Entries.FirstOrDefault(entry => entry.Key == "agent")?.Value),
    ];

    /// <summary>What the run is over with, where no checkpoint says so: environment steps, or updates of all
    /// phases.</summary>
    public IReadOnlyList<RunGoal> Goals =>
    [
        .. Phases is { } updates ? [new(RunGoal.Updates, updates)] : Array.Empty<RunGoal>(),
        .. Number("training.env_steps") is { } steps ? [new(RunGoal.EnvSteps, steps)] : Array.Empty<RunGoal>(),
    ];

    private long? Phases => AgentRegistry.All.Any(one => one.Name == this["agent"] && one.Loop is TrainingLoop.Phases) && Number("vae.updates") is { } vae
        && Number("memory.updates") is { } memory && Number("controller.generations") is { } generations
            ? new PhaseSchedule(new Config
            {
                Vae = new VaeConfig { Updates = vae },
                Memory = new MemoryConfig { Updates = memory },
                Controller = new ControllerConfig
                {
                    Generations = generations, Rounds = Number("controller.rounds") ?? 1,
                    World = this["controller.world"] ?? "none",
                },
            }).Updates
            : null;

    private int? Number(string key) =>
        int.TryParse(this[key], CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Value of a key, or null.</summary>
    public string? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    /// <summary>Reads the text of a configuration; lines that are none are passed over, and the first of them is named.
    /// </summary>
    public static RunConfig Parse(string text)
    {
        var entries = new List<Entry>();
        var sections = new List<string>();
        string? fault = null;
        foreach (var (i, line) in text.Split('\n').Index())
        {
            var word = line.TrimEnd('\r').TrimStart(' ');
            if (word.Length == 0 || word[0] == '#')
                continue;
            if (Read(word) is not var (key, value, origin) || entries.Count == MostEntries)
            {
                fault ??= entries.Count == MostEntries ? $"has more than {MostEntries} settings"
                    : $"line {i + 1} is no setting: 'key: value' was expected";
                continue;
            }
            var depth = Math.Min((line.Length - line.TrimStart(' ').Length) / 2, Math.Min(sections.Count, Deepest));
            sections.RemoveRange(depth, sections.Count - depth);
            sections.Add(key);
            if (value.Length > 0)
                entries.Add(new(string.Join('.', sections), value, origin));
        }
        return new RunConfig(entries, fault);
    }

    private static (string Key, string Value, string Origin)? Read(string word)
    {
        var mark = word.IndexOf(OriginMark, StringComparison.Ordinal);
        var (said, origin) = mark < 0 ? (word, "") : (word[..mark], word[(mark + OriginMark.Length)..]);
        var colon = said.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && said[..colon].All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')
            && !word.Any(letter => char.IsControl(letter) || letter == '\ufffd')
                ? (said[..colon], said[(colon + 1)..].Trim().Trim('\''), origin)
                : null;
    }
}
