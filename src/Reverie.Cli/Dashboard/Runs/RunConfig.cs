using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Reverie.Configuration;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// A run's <c>config.yaml</c> as it stands there: keys, values, origins. Read line by line, so that runs of other
/// versions, whose keys this program does not know, can be shown too.
/// </summary>
/// <param name="Entries">Key, value and origin, in the order of the file.</param>
internal sealed record RunConfig(IReadOnlyList<RunConfig.Entry> Entries)
{
    private const string OriginMark = "  # ", PresetMark = "preset ";

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

    /// <summary>What the run is over with, where no checkpoint says so: environment steps, or World Models'
    /// phases.</summary>
    public IReadOnlyList<RunGoal> Goals =>
    [
        .. Phases is { } updates ? [new(RunGoal.Updates, updates)] : Array.Empty<RunGoal>(),
        .. Number("training.env_steps") is { } steps ? [new(RunGoal.EnvSteps, steps)] : Array.Empty<RunGoal>(),
    ];

    private long? Phases => this["agent"] == "world_models" && Number("vae.updates") is { } vae
        && Number("memory.updates") is { } memory && Number("controller.generations") is { } generations
            ? new PhaseSchedule(new Config
            {
                Vae = new VaeConfig { Updates = (int)vae },
                Memory = new MemoryConfig { Updates = (int)memory },
                Controller = new ControllerConfig
                {
                    Generations = (int)generations, Rounds = (int)(Number("controller.rounds") ?? 1),
                    World = this["controller.world"] ?? "none",
                },
            }).Updates
            : null;

    private long? Number(string key) =>
        long.TryParse(this[key], CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Value of a key, or null.</summary>
    public string? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    /// <summary>Reads the lines of a configuration; those that are none are passed over.</summary>
    public static RunConfig Parse(IEnumerable<string> lines)
    {
        var entries = new List<Entry>();
        var sections = new List<string>();
        foreach (var line in lines)
        {
            var word = line.TrimStart(' ');
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || word[0] == '#')
                continue;
            var depth = (line.Length - word.Length) / 2;
            sections.RemoveRange(Math.Min(depth, sections.Count), Math.Max(0, sections.Count - depth));
            var mark = word.IndexOf(OriginMark, StringComparison.Ordinal);
            var value = (mark < 0 ? word[(colon + 1)..] : word[(colon + 1)..mark]).Trim().Trim('\'');
            sections.Add(word[..colon]);
            if (value.Length > 0)
                entries.Add(new(string.Join('.', sections), value, mark < 0 ? "" : word[(mark + OriginMark.Length)..]));
        }
        return new RunConfig(entries);
    }
}
