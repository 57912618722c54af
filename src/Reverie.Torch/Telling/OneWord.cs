namespace Reverie;

/// <summary>Words in commands that a shell is to take as they are.</summary>
internal static class OneWord
{
    private const string Plain = "/._-,:=+@%";

    /// <summary>The name of a file or a task in a command that someone is to copy; never one that looks like an option.</summary>
    public static string Of(string name) => Quoted(name.StartsWith('-') ? "./" + name : name);

    /// <summary>The word itself where a shell takes it for one, else in quotes.</summary>
    public static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c)) ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
