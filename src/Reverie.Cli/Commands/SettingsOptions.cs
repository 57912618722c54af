using System.CommandLine;
using Reverie.Configuration;

namespace Reverie.Cli.Commands;

/// <summary>The options that settings come from: presets, a file, single values.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string> preset = new("--preset")
    {
        Description = "presets, each stronger than the one before it "
            + $"[default: {PresetStack.Default}, or AGENT,small where --set or the file names an agent]",
        HelpName = "P,Q",
    };

    private readonly Option<string> file = new("--config")
    {
        Description = "YAML file on top of the presets",
        HelpName = "FILE",
    };

    private readonly SetOption set = new("one value on top of all, e.g. model.deter=100 or '*_units=64'");

    /// <summary>Puts the options on a verb.</summary>
    public void AddTo(Command verb) => verb.AddAll(preset, file, set);

    /// <summary>Whether presets or a file were typed, on which single values stand.</summary>
    public bool AreNamed(ParseResult parsed) =>
        parsed.GetValue(preset) is not null || parsed.GetValue(file) is not null;

    /// <summary>The values of <c>--set</c>.</summary>
    /// <exception cref="ReverieException">one of them is no key=value</exception>
    public IEnumerable<ConfigOverride> Overrides(ParseResult parsed) => set.Of(parsed);

    /// <summary>What the options come to.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="overrides">single values, on top of all</param>
    /// <returns>the configuration, and the stack of presets it has</returns>
    /// <exception cref="ReverieException">something in them is wrong</exception>
    public (ResolvedConfig Config, string Presets) Resolve(ParseResult parsed, IReadOnlyList<ConfigOverride> overrides)
    {
        var stack = Stack(parsed, overrides);
        return (ConfigReader.Resolve(new ConfigSources
        {
            Presets = Configuration.Presets.Stack(stack), File = parsed.GetValue(file), Overrides = overrides,
        }), stack);
    }

    /// <summary>The stack that the options come to.</summary>
    /// <exception cref="ReverieException">a preset is not there, or the file cannot be read</exception>
    public string Stack(ParseResult parsed, IEnumerable<ConfigOverride> overrides) =>
        PresetStack.Of(parsed.GetValue(preset), File(parsed), overrides);

    /// <summary>The file that was typed, or null.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(file);
}
