namespace Reverie.Configuration;

/// <summary>Something that a setting names: an agent, a dynamics, a representation, a planner.</summary>
public abstract record Part
{
    /// <summary>The word that the setting takes, such as <c>dreamer</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The class library it comes from, with its file's hash; null where the program brought it.</summary>
    public string? Origin { get; init; }

    /// <summary>What else a configuration that names it must have; null where anything goes. Asked before a run
    /// begins.</summary>
    public Action<Config, ConfigDemand>? Rules { get; init; }

    /// <summary>Holds a configuration that names it against all its rules.</summary>
    internal virtual void Check(Config config, ConfigDemand demand) => Rules?.Invoke(config, demand);
}
