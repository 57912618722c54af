using System.Collections.Concurrent;

namespace Reverie.Configuration;

/// <summary>Values of the settings that environments declare, a record of each kind. Equal where all values are; what was
/// never set has its default.</summary>
internal sealed class OwnSettings : IEquatable<OwnSettings>
{
    private readonly ConcurrentDictionary<Type, object> records = new();

    /// <summary>The record of a kind.</summary>
    public object Of(Type kind) => records.GetOrAdd(kind, one => Activator.CreateInstance(one)!);

    /// <summary>The same with another record in place of that of its kind.</summary>
    public OwnSettings With(object record)
    {
        var copy = new OwnSettings();
        foreach (var (kind, value) in records) copy.records[kind] = value;
        copy.records[record.GetType()] = record;
        return copy;
    }

    /// <inheritdoc/>
    public bool Equals(OwnSettings? other) => other is not null
        && records.Keys.Union(other.records.Keys).All(kind => Of(kind).Equals(other.Of(kind)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OwnSettings);

    /// <inheritdoc/>
    /// <remarks>Defaults may be there or not, so that nothing in it can be counted.</remarks>
    public override int GetHashCode() => 0;
}
