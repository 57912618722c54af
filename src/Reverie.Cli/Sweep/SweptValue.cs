using Reverie.Configuration;

namespace Reverie.Cli.Sweep;

/// <summary>A key of a sweep, and the values that it takes one after the other.</summary>
/// <param name="Key">of the configuration</param>
/// <param name="Values">at least one, as they are typed after <c>--set KEY=</c></param>
/// <param name="Origin">the option, or the file with its line</param>
internal sealed record SweptValue(string Key, IReadOnlyList<string> Values, string Origin)
{
    /// <summary>Reads <c>key=a,b,c</c>. The elements of a list, <c>[1, 2]</c>, are one value.</summary>
    /// <exception cref="ReverieException">there is no value, or one is empty</exception>
    public static SweptValue Parse(string text)
    {
        var one = ConfigOverride.Parse(text);
        var values = new List<string> { "" };
        var depth = 0;
        foreach (var c in one.Value)
        {
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ',' && depth == 0)
                values.Add("");
            else
                values[^1] += c;
        }
        return Of(one.Key, [.. values.Select(value => value.Trim())], one.Origin);
    }

    /// <summary>Makes one.</summary>
    /// <exception cref="ReverieException">a value is empty or stands twice</exception>
    public static SweptValue Of(string key, IReadOnlyList<string> values, string origin)
    {
        if (values.Count == 0 || values.Any(string.IsNullOrWhiteSpace))
            throw new ReverieException($"{origin}: {key} has no value, or an empty one");
        if (key is "task" or "seed" or "agent")
            throw new ReverieException(key == "agent"
                ? $"{origin}: name the algorithm by a preset, for example --preset dreamer,small"
                : $"{origin}: {key} is what --{key}s is for");
        if (values.GroupBy(value => Meant(key, value)).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ReverieException($"{origin}: {key} has one value twice: {string.Join(", ", twice)}");
        return new SweptValue(key, values, origin);
    }

    // 8, 08 and 8.0 would be one run three times.
    private static string Meant(string key, string value)
    {
        var typed = ConfigValue.From(new ConfigOverride(key, value, "--set"));
        return Settings.Matching(key) is [var setting, ..] && setting.Parse(typed.Words, typed.IsList) is { } read
            ? setting.Format(read) : value;
    }
}
