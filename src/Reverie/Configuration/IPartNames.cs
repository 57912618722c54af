namespace Reverie.Configuration;

/// <summary>What a setting asks of those who know the parts that it names.</summary>
internal interface IPartNames
{
    /// <summary>All that it may be.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The name as a run keeps it, of a part in a class library with the file's whole path; null where there is no
    /// such part.</summary>
    /// <exception cref="ReverieException">There is no such library, or no such part in it.</exception>
    string? Settled(string name);

    /// <summary>The class library that the part of that name comes from, and its file's hash; null where it is none of a
    /// library.</summary>
    string? OriginOf(string name);

    /// <summary>Holds a configuration against the rules of the part of that name.</summary>
    void Check(string name, Config config, ConfigDemand demand);
}
