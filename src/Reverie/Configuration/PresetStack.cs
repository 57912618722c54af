namespace Reverie.Configuration;

/// <summary>The presets that a command or a sweep stands on.</summary>
internal static class PresetStack
{
    /// <summary>Where neither presets nor an agent are named: the same numbers for every task, measured on two cores.</summary>
    public const string Default = "dreamerv3,small";

    /// <summary>A stack, below it the algorithm of <see cref="Default"/> where neither it nor the file nor a value names one. Where
    /// there is no stack, <c>small</c> of the agent that they name, else <see cref="Default"/>.</summary>
    /// <param name="named">The stack that somebody named, or null.</param>
    /// <param name="file">Settings on top of it, or null.</param>
    /// <param name="overrides">Values on top of both.</param>
    /// <exception cref="ReverieException">A preset is not there, or the file cannot be read.</exception>
    public static string Of(string? named, string? file, IEnumerable<ConfigOverride> overrides)
    {
        if (named is not null && Presets.AgentOf(Presets.Stack(named)) is not null) return named;
        var agent = overrides.LastOrDefault(one => one.Key == "agent")?.Value ?? (file is null ? null : ConfigReader.AgentIn(file));
        return (named, agent) switch
        {
            (null, null) => Default,
            (null, _) => Presets.Names.Contains(agent) ? $"{agent},small" : "small",
            (_, null) => $"{Default.Split(',')[0]},{named}",
            _ => named,
        };
    }
}
