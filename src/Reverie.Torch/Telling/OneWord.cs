namespace Reverie;

/// <summary>A name in a command that someone is to copy into a shell.</summary>
internal static class OneWord
{
    private const string Plain = "/._-,:=+@%";

    /// <summary>The name where a shell takes it for one word, else in quotes; never one that looks like an option.</summary>
    public static string Of(string name)
    {
        var safe = name.StartsWith('-') ? "./" + name : name;
        return safe.Length > 0 && safe.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c)) ? safe
            : $"'{safe.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
