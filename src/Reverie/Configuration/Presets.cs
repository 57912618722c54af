using System.Collections.Concurrent;
using System.Reflection;

namespace Reverie.Configuration;

/// <summary>The YAML files inside the library, and what others register: algorithms, sizes, purposes; <c>--preset</c> stacks them. A file named
/// <c>ALGORITHM.SIZE</c> holds what a size means for that algorithm alone, and comes with the two.</summary>
public static class Presets
{
    private static readonly string[] Sizes =
        ["paper", "small", "tiny", "1m", "12m", "25m", "50m", "100m", "200m", "400m"];

    private const string Room = "Reverie.Configuration.presets.";

    private static readonly Assembly Library = typeof(Presets).Assembly;

    private static readonly string[] Own = [.. Library.GetManifestResourceNames()
        .Where(name => name.StartsWith(Room, StringComparison.Ordinal))
        .Select(name => Path.GetFileNameWithoutExtension(name[Room.Length..]))];

    private static readonly ConcurrentDictionary<string, string> Others = new(StringComparer.Ordinal);

    /// <summary>Their names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. Own.Union(Others.Keys).Order(StringComparer.Ordinal)];

    /// <summary>Whether a preset is the library's.</summary>
    internal static bool IsOwn(string name) => Own.Contains(name) && !Others.ContainsKey(name);

    /// <summary>Makes a preset known, in place of one with the same name. Thread-safe.</summary>
    /// <param name="name">As <c>--preset</c> takes it; <c>ALGORITHM.SIZE</c> as above.</param>
    /// <param name="yaml">What stands in it; its first comment says what it is for.</param>
    public static void Register(string name, string yaml)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Others[name] = yaml;
    }

    /// <summary>Makes a registered preset unknown again, as tests do with theirs.</summary>
    internal static void Remove(string name) => Others.TryRemove(name, out _);

    /// <summary>The YAML of a preset.</summary>
    /// <exception cref="ConfigurationException">there is none of that name</exception>
    public static string Text(string name)
    {
        if (!Names.Contains(name))
            throw new ConfigurationException($"there is no preset {name}{NearestName.Hint(name, Names)}");
        if (Others.TryGetValue(name, out var other)) return other;
        using var reader = new StreamReader(Library.GetManifestResourceStream($"{Room}{name}.yaml")!);
        return reader.ReadToEnd();
    }

    /// <summary>What the preset is for: its first comment.</summary>
    public static string Summary(string name) => Text(name).Split('\n')[0].TrimStart('#', ' ').TrimEnd();

    /// <summary>The algorithm that a stack names, the last of several; null where none of its presets does.</summary>
    /// <exception cref="ConfigurationException">one of them does not exist</exception>
    internal static string? AgentOf(IEnumerable<string> stack) => stack
        .SelectMany(name => YamlValues.Read(Text(name), $"preset {name}"))
        .LastOrDefault(value => value.Key == "agent") is { Words: [var agent] } ? agent : null;

    /// <summary>A stack with what belongs to it: after each preset, those of its name for the algorithms before
    /// it.</summary>
    public static IEnumerable<string> Complete(IReadOnlyList<string> stack) => stack.SelectMany((name, i) =>
        stack.Take(i).Select(before => $"{before}.{name}").Where(Names.Contains).Prepend(name));

    /// <summary>Names in the order in which they are stacked: algorithm, size, purpose.</summary>
    /// <param name="names">The names, in any order.</param>
    /// <param name="agent">The algorithm.</param>
    public static IEnumerable<string> InOrder(IEnumerable<string> names, string? agent) =>
        names.OrderBy(name => name == agent ? 0 : Sizes.Contains(name) ? 1 : 2);

    /// <summary>The names in <c>planet,small</c>, each of which must exist.</summary>
    /// <exception cref="ConfigurationException">one of them does not</exception>
    public static IReadOnlyList<string> Stack(string names)
    {
        var stack = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in stack)
            _ = Text(name);
        return stack;
    }
}
