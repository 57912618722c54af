namespace Reverie.Configuration;

/// <summary>What a setting asks of those who know the parts that it names.</summary>
internal interface IPartNames
{
    /// <summary>All that it may be.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Holds a configuration against the rules of the part of that name.</summary>
    void Check(string name, Config config, ConfigDemand demand);
}
