using System.Text;

namespace Reverie.Environments.Gymnasium;

/// <summary>What another process wrote, made fit for one line of a terminal.</summary>
internal static class PlainText
{
    private const int Longest = 700;

    /// <summary>Whatever is no character becomes a blank, several blanks one, and a long text ends in an
    /// ellipsis.</summary>
    public static string Of(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= Longest) return $"{line}…";
            if (!Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)) line.Append(rune.ToString());
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }
        return line.ToString().TrimEnd();
    }

    /// <summary>The same of bytes that should be UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> text) =>
        Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * Longest)]));
}
