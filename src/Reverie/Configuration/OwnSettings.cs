using System.Collections.Concurrent;
using System.Reflection;

namespace Reverie.Configuration;

/// <summary>Values of the settings that environments declare, a record of each kind. Equal where all values are; what was
/// never set has its default. A class library may be loaded from two files: the record of one says what is set, and that of
/// the other, of the same name, has its values.</summary>
internal sealed class OwnSettings : IEquatable<OwnSettings>
{
    private readonly ConcurrentDictionary<Type, object> records = new();

    /// <summary>The record of a kind.</summary>
    public object Of(Type kind) => records.GetOrAdd(kind, Make);

    /// <summary>The same with another record in place of that of its kind.</summary>
    public OwnSettings With(object record)
    {
        var copy = new OwnSettings();
        foreach (var (kind, value) in records)
            if (!AreCopies(kind, record.GetType())) copy.records[kind] = value;
        copy.records[record.GetType()] = record;
        return copy;
    }

    /// <summary>Whether these are one record, perhaps loaded from two files.</summary>
    public static bool AreCopies(Type one, Type other) =>
        one.FullName == other.FullName && one.Assembly.GetName().Name == other.Assembly.GetName().Name;

    private object Make(Type kind)
    {
        var made = Activator.CreateInstance(kind)!;
        if (records.FirstOrDefault(entry => AreCopies(entry.Key, kind)).Value is { } set)
            foreach (var property in kind.GetProperties())
                if (property.CanWrite && property.IsDefined(typeof(SettingAttribute))
                    && set.GetType().GetProperty(property.Name) is { } same && same.PropertyType == property.PropertyType)
                    property.SetValue(made, same.GetValue(set));
        return made;
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
