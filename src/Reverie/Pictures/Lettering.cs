using System.Text;
using SkiaSharp;

namespace Reverie.Pictures;

/// <summary>The one font of all that is drawn. It travels inside the program, since a bare system has none, and so a
/// picture is the same on every machine.</summary>
internal static class Lettering
{
    /// <summary>What it is called.</summary>
    public const string Family = "DejaVu Sans";

    private static readonly Lazy<SKTypeface> Loaded = new(Load);

    /// <summary>The font, for any thread.</summary>
    public static SKTypeface Typeface => Loaded.Value;

    /// <summary>The font at a size; the caller disposes of it.</summary>
    /// <param name="size">Pixels an em.</param>
    public static SKFont Of(float size) => new(Typeface, size) { Edging = SKFontEdging.Antialias, Subpixel = true };

    /// <summary>Pixels from the left end of a text to its right end.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static float Measure(string text, float size)
    {
        using SKFont font = Of(size);
        return font.MeasureText(Known(text));
    }

    /// <summary>Pixels from the line that letters stand on to the top of a capital.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static float CapHeight(float size)
    {
        using SKFont font = Of(size);
        return font.Metrics.CapHeight;
    }

    /// <summary>The text with a question mark for each letter that the font lacks, which would be drawn as an empty box.
    /// </summary>
    public static string Known(string text)
    {
        if (Typeface.ContainsGlyphs(text))
            return text;
        var known = new StringBuilder();
        foreach (Rune letter in text.EnumerateRunes())
            known.Append(letter.Value == '\n' || Typeface.ContainsGlyph(letter.Value) ? letter.ToString() : "?");
        return known.ToString();
    }

    /// <summary>Breaks a text into lines that are no wider than asked for, after a blank, comma, hyphen, slash or
    /// underscore where there is one, anywhere otherwise.</summary>
    /// <param name="text">One line.</param>
    /// <param name="size">Pixels an em.</param>
    /// <param name="width">Pixels of a line.</param>
    public static string Wrap(string text, float size, float width)
    {
        text = Known(text);
        var lines = new List<string>();
        using SKFont font = Of(size);
        while (text.Length > 1 && font.MeasureText(text) > width)
        {
            int fits = Math.Max(1, font.BreakText(text, width));
            int end = text.AsSpan(0, fits).LastIndexOfAny(" ,-/_") + 1;
            end = end > fits / 2 ? end : fits;
            lines.Add(text[..end].TrimEnd());
            text = text[end..];
        }
        return string.Join('\n', [.. lines, text]);
    }

    private static SKTypeface Load()
    {
        using Stream file = typeof(Lettering).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(file);
    }
}
