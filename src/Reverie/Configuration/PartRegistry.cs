namespace Reverie.Configuration;

/// <summary>Parts by name, of which a setting takes one. Thread-safe.</summary>
/// <typeparam name="T">What is known of a part.</typeparam>
public sealed class PartRegistry<T> : IPartNames where T : Part
{
    private readonly Lock gate = new();
    private readonly List<T> parts;
    private readonly string key;

    /// <summary>Makes it.</summary>
    /// <param name="key">The setting, <c>model.dynamics</c>.</param>
    /// <param name="own">The first parts, in the order in which they are listed.</param>
    internal PartRegistry(string key, IEnumerable<T> own) => (this.key, parts) = (key, [.. own]);

    /// <summary>All names, in the order of registration.</summary>
    public IReadOnlyList<string> Names => [.. All.Select(part => part.Name)];

    /// <summary>All parts, in the same order.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate)
                return [.. parts];
        }
    }

    /// <summary>Makes a part known, in place of one with the same name. From then on the setting takes its name.</summary>
    public void Register(T part)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(part.Name);
        lock (gate)
        {
            var there = parts.FindIndex(one => one.Name == part.Name);
            if (there < 0) parts.Add(part);
            else parts[there] = part;
        }
    }

    /// <summary>Makes a part unknown again, as tests do with theirs.</summary>
    internal void Remove(string name)
    {
        lock (gate)
            parts.RemoveAll(part => part.Name == name);
    }

    /// <summary>The part of that name; <c>PATH.dll:NAME</c> is one in a class library.</summary>
    /// <exception cref="ConfigurationException">There is none; the line names all.</exception>
    public T Find(string name) => OfLibrary(name)?.Part ?? All.FirstOrDefault(part => part.Name == name)
        ?? throw new ConfigurationException(
            $"{key}: '{name}' is unknown; use {string.Join(", ", Names.SkipLast(1))} or {Names[^1]}");

    private (string Name, T Part)? OfLibrary(string name) =>
        PartNames.Libraries?.Invoke(key, name, typeof(T)) is var (settled, part) ? (settled, (T)part) : null;

    /// <inheritdoc/>
    string? IPartNames.Settled(string name) => OfLibrary(name)?.Name ?? (Names.Contains(name) ? name : null);

    /// <inheritdoc/>
    string? IPartNames.OriginOf(string name) => Find(name).Origin;

    /// <inheritdoc/>
    void IPartNames.Check(string name, Config config, ConfigDemand demand) => Find(name).Check(config, demand);
}
