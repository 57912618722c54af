using System.Reflection;

namespace Reverie.Configuration;

/// <summary>All keys that <see cref="Config"/> has, in the order of its records.</summary>
public static class Settings
{
    /// <summary>Every key, once.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Walk(typeof(Config), [])];

    /// <summary>The names of the keys.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. All.Select(setting => setting.Key)];

    /// <summary>
    /// The settings that a key means: one for a whole key, all that match where it has <c>*</c>, which stands for any
    /// letters, dots included.
    /// </summary>
    /// <returns>an empty list where nothing matches</returns>
    public static IReadOnlyList<Setting> Matching(string key) =>
        [.. All.Where(setting => key.Contains('*') ? Matches(key, setting.Key) : setting.Key == key)];

    /// <summary>Whether this names a section (<c>model</c>, <c>loss.overshooting</c>) and not a key.</summary>
    internal static bool IsSection(string name) => Keys.Any(key =>
        key.Length > name.Length && key[name.Length] == '.' && key.StartsWith(name, StringComparison.Ordinal));

    /// <summary>The end of the message for a key that is none: the nearest key, or where to see all.</summary>
    internal static string Hint(string key)
    {
        // A key in the wrong section or in none (`deter`) is nearest to the key that ends in it.
        var last = LastWord(key.Replace("*", ""));
        var near = Keys.FirstOrDefault(name => last.Length > 0 && LastWord(name) == last)
            ?? NearestName.Of(key, Keys)
            ?? Keys.FirstOrDefault(name => LastWord(name) == NearestName.Of(last, Keys.Select(LastWord)));
        return near is null ? "; `reverie presets --keys` lists the keys" : $"; did you mean {near}?";
    }

    private static string LastWord(string key) => key[(key.LastIndexOf('.') + 1)..];

    private static bool Matches(string pattern, string key)
    {
        var pieces = pattern.Split('*');
        if (!key.StartsWith(pieces[0], StringComparison.Ordinal))
            return false;
        var at = pieces[0].Length;
        foreach (var piece in pieces[1..^1])
        {
            var found = key.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + piece.Length;
        }
        return key.Length - at >= pieces[^1].Length && key.EndsWith(pieces[^1], StringComparison.Ordinal);
    }

    private static IEnumerable<Setting> Walk(Type record, IReadOnlyList<PropertyInfo> path)
    {
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            IReadOnlyList<PropertyInfo> here = [.. path, property];
            if (property.GetCustomAttribute<SettingAttribute>() is { } attribute)
                yield return new Setting(here, attribute);
            else if (property.CanWrite)
                foreach (var inner in Walk(property.PropertyType, here))
                    yield return inner;
        }
    }
}
