using System.CommandLine;
using Reverie.Configuration;

namespace Reverie.Cli.Commands;

/// <summary><c>--set</c>: single values on top of all others.</summary>
internal sealed class SetOption : Option<string[]>
{
    /// <param name="description">what is set, with an example</param>
    public SetOption(string description) : base("--set") =>
        (Description, HelpName) = ($"{description}; repeat it for more", "KEY=VALUE");

    /// <summary>What was typed.</summary>
    /// <exception cref="ReverieException">one of them is no key=value</exception>
    public IEnumerable<ConfigOverride> Of(ParseResult parsed) =>
        (parsed.GetValue(this) ?? []).Select(ConfigOverride.Parse);

    /// <summary>The configuration of a verb that trains nothing.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="below">what the verb itself sets; what was typed counts more</param>
    /// <exception cref="ReverieException">something in them is wrong</exception>
    public Config Resolve(ParseResult parsed, params IEnumerable<ConfigOverride> below) =>
        ConfigReader.Resolve(new ConfigSources { Overrides = [.. below, .. Of(parsed)] }).Config;
}
