namespace Reverie.Configuration;

/// <summary>A key and a value as somebody wrote them, and where.</summary>
/// <param name="Key">dotted key, maybe with <c>*</c></param>
/// <param name="Words">the scalar, or the elements of the list</param>
/// <param name="IsList">whether it was written as a list</param>
/// <param name="Origin"><c>FILE:line</c>, <c>preset NAME:line</c> or an option of the command line</param>
internal sealed record ConfigValue(string Key, IReadOnlyList<string> Words, bool IsList, string Origin)
{
    /// <summary>The value as it was written.</summary>
    public string Written => IsList ? $"[{string.Join(", ", Words)}]" : Words[0];

    /// <summary>A value of the command line: a scalar, or a list as <c>[1, 2]</c>.</summary>
    public static ConfigValue From(ConfigOverride typed)
    {
        var isList = typed.Value.StartsWith('[') && typed.Value.EndsWith(']');
        string[] words = isList
            ? typed.Value[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [typed.Value];
        return new ConfigValue(typed.Key, words, isList, typed.Origin);
    }
}
