namespace Reverie.Configuration;

/// <summary>What a configuration is made from, weakest first: defaults, presets, file, overrides.</summary>
public sealed record ConfigSources
{
    /// <summary>Presets, each stronger than the one before it.</summary>
    public IReadOnlyList<string> Presets { get; init; } = [];

    /// <summary>Path of a YAML file of the user's.</summary>
    public string? File { get; init; }

    /// <summary>What the command line says, each stronger than the one before it.</summary>
    public IReadOnlyList<ConfigOverride> Overrides { get; init; } = [];
}
