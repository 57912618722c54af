using System.CommandLine;
using Reverie.Configuration;

namespace Reverie.Cli.Commands;

/// <summary>The options that settings come from: presets, a file, single values.</summary>
internal sealed class SettingsOptions
{
    /// <summary>The stack of presets where neither presets nor an agent are named: the same numbers for every task, measured on
    /// two cores.</summary>
    internal const string Default = "dreamerv3,small";

    private readonly Option<string> preset = new("--preset")
    {
        Description = "presets, each stronger than the one before it "
            + $"[default: {Default}, or AGENT,small where --set or the file names an agent]",
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
        Stack(parsed.GetValue(preset), File(parsed), overrides);

    /// <summary>A stack, below it the algorithm of <see cref="Default"/> where neither it nor the file nor a value names one. Where
    /// there is no stack, <c>small</c> of the agent that they name, else <see cref="Default"/>.</summary>
    /// <param name="typed">what was typed, or null</param>
    /// <param name="file">settings on top of it, or null</param>
    /// <param name="overrides">values on top of both</param>
    /// <exception cref="ReverieException">a preset is not there, or the file cannot be read</exception>
    internal static string Stack(string? typed, string? file, IEnumerable<ConfigOverride> overrides)
    {
        if (typed is not null && Configuration.Presets.AgentOf(Configuration.Presets.Stack(typed)) is not null)
            return typed;
        var agent = overrides.LastOrDefault(one => one.Key == "agent")?.Value ?? (file is null ? null : ConfigReader.AgentIn(file));
        return (typed, agent) switch
        {
            (null, null) => Default,
            (null, _) => Configuration.Presets.Names.Contains(agent) ? $"{agent},small" : "small",
            (_, null) => $"{Default.Split(',')[0]},{typed}",
            _ => typed,
        };
    }

    /// <summary>The file that was typed, or null.</summary>
    public string? File(ParseResult parsed) => parsed.GetValue(file);
}
