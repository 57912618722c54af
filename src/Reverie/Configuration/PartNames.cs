using System.Collections.Concurrent;

namespace Reverie.Configuration;

/// <summary>Who knows the names that a setting takes. The rooms above say so when the assembly is loaded, before any
/// configuration is read.</summary>
internal static class PartNames
{
    private static readonly ConcurrentDictionary<string, Func<IPartNames>> Known = new(StringComparer.Ordinal);

    /// <summary>Makes somebody known, who is asked for no sooner than the names are.</summary>
    public static void Add(string key, Func<IPartNames> names) => Known[key] = names;

    /// <summary>Who knows the names of a setting; null where none is needed.</summary>
    public static IPartNames? Of(string key) => Known.GetValueOrDefault(key)?.Invoke();

    /// <summary>Asked for the part of a class library that a setting names, with the setting, what it was given and the type
    /// of part: its whole name and the part, or null where the name is no library's.</summary>
    public static Func<string, string, Type, (string Name, Part Part)?>? Libraries { get; set; }

    /// <summary>The class libraries, and their files' hashes, that parts of a configuration come from.</summary>
    public static string[] OriginsOf(Config config) =>
        [.. Settings.All.Select(setting => Of(setting.Key)?.OriginOf((string)setting.Get(config))).OfType<string>().Distinct()];

    /// <summary>Holds a configuration against the rules of all parts that it names.</summary>
    public static void Check(Config config, ConfigDemand demand)
    {
        foreach (var setting in Settings.All)
            if (Of(setting.Key) is { } parts)
                parts.Check((string)setting.Get(config), config, demand);
    }
}
