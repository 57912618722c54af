using System.Reflection;

namespace Reverie.Configuration;

/// <summary>All keys that <see cref="Config"/> has, in the order of its records, and those that environments declare, at the
/// end of the section <c>environment</c>. Thread-safe.</summary>
public static class Settings
{
    private const string OfEnvironments = "environment.";

    private static readonly Lock Gate = new();
    private static readonly List<Type> Awaited = [];     // declared before anybody asked for a key
    private static Known? known;

    /// <summary>Every key, once.</summary>
    public static IReadOnlyList<Setting> All => Now.Settings;

    /// <summary>The names of the keys.</summary>
    public static IReadOnlyList<string> Keys => Now.Keys;

    /// <summary>Makes settings of an environment known, as keys <c>environment.NAME</c>, from when on presets, files and the
    /// command line may have them. The environment reads them with <see cref="EnvironmentConfig.Of{T}"/>. Declared again,
    /// or by a copy of their library in another file, they change nothing.</summary>
    /// <typeparam name="T">A record; each property with a <see cref="SettingAttribute"/> is a setting, named in
    /// snake_case.</typeparam>
    /// <exception cref="ConfigurationException">A key is somebody else's; told no later than when a configuration is
    /// read.</exception>
    public static void Declare<T>() where T : class, new() => Declare(typeof(T));

    /// <summary>As the other one, for types that are found in somebody's assembly.</summary>
    internal static void Declare(Type record)
    {
        lock (Gate)
            if (known is null) Awaited.Add(record);
            else Volatile.Write(ref known, With(known, record));
    }

    // Looked for when the first key is asked for: many commands need none.
    private static Known Now
    {
        get
        {
            if (Volatile.Read(ref known) is { } there) return there;
            lock (Gate)
            {
                if (known is null)
                    Volatile.Write(ref known, Awaited.Aggregate(new Known([.. Walk(typeof(Config), [])]), With));
                return known!;
            }
        }
    }

    private static Known With(Known before, Type record)
    {
        if (before.Settings.Any(setting => OwnSettings.AreCopies(setting.Record, record))) return before;
        Setting[] declared =
        [
            .. from property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
               let attribute = property.GetCustomAttribute<SettingAttribute>()
               where attribute is not null
               select new Setting(OfEnvironments, property, attribute),
        ];
        foreach (var setting in declared)
            if (before.Settings.FirstOrDefault(other => other.Key == setting.Key) is { } other)
                throw new ConfigurationException(
                    $"{record.FullName}: {setting.Key} is a setting of {other.Record.FullName}; give it another name");
        var end = 1 + Array.FindLastIndex(
            [.. before.Keys], key => key.StartsWith(OfEnvironments, StringComparison.Ordinal));
        return new([.. before.Settings.Take(end), .. declared, .. before.Settings.Skip(end)]);
    }

    /// <summary>Whether this may be a key of an environment that is not here: its values are left to where it is.</summary>
    internal static bool IsElsewhere(string key) =>
        key.StartsWith(OfEnvironments, StringComparison.Ordinal) && Matching(key).Count == 0;

    /// <summary>Asked to make known what a task declares that nobody has registered, by its name.</summary>
    internal static Action<string>? Introduce { get; set; }

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

    private sealed class Known(IReadOnlyList<Setting> settings)
    {
        public IReadOnlyList<Setting> Settings { get; } = settings;

        public IReadOnlyList<string> Keys { get; } = [.. settings.Select(setting => setting.Key)];
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
