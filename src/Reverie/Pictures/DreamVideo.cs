namespace Reverie.Pictures;

/// <summary>
/// Shows a dream beside the truth, as an animation (truth | model | error) or a strip of chosen frames. A blue border
/// is a frame that the model has seen, an orange one it has imagined.
/// </summary>
public static class DreamVideo
{
    internal const int Background = 0x16181D, Ink = 0xE8E6E3, Faint = 0x8B9099;
    internal const int Seen = 0x4C9BE8, Imagined = 0xF5973D;
    private const int Border = 2, Gap = 6;
    private const float Small = 10, Large = 16;

    private static readonly string[] Rows = ["truth", "model", "error"];

    /// <summary>Writes the animation as GIF: the three pictures side by side, the time below.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clip">The frames.</param>
    /// <param name="scale">Pixels that one pixel of the pictures becomes, each way.</param>
    /// <param name="delayMilliseconds">How long a frame stands; the last stands a second longer.</param>
    /// <exception cref="ArgumentException">The shapes of the clip do not agree.</exception>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public static void WriteGif(string path, DreamClip clip, int scale = 3, int delayMilliseconds = 100)
    {
        clip.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        var frames = new byte[clip.Count][];
        (int width, int height) = (0, 0);
        for (int t = 0; t < frames.Length; t++)
        {
            using Sheet sheet = Frame(clip, t, scale);
            (frames[t], width, height) = (sheet.Rgb, sheet.Width, sheet.Height);
        }
        GifWriter.Write(path, frames, width, height, new GifOptions
        {
            DelayMilliseconds = delayMilliseconds, LastDelayMilliseconds = delayMilliseconds + 1000,
        });
    }

    /// <summary>Writes a strip as PNG: a column for each chosen frame, truth over model over error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clip">The frames.</param>
    /// <param name="columns">How many frames at most; the first, the last and evenly between.</param>
    /// <param name="scale">Pixels that one pixel of the pictures becomes, each way.</param>
    /// <exception cref="ArgumentException">The shapes of the clip do not agree.</exception>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public static void WriteStrip(string path, DreamClip clip, int columns = 10, int scale = 2)
    {
        clip.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        using Sheet sheet = Strip(clip, Choose(clip.Count, columns), scale);
        PngImage.Write(path, sheet.Rgb, sheet.Width, sheet.Height);
    }

    /// <summary>Frame numbers evenly spread, both ends among them.</summary>
    internal static int[] Choose(int count, int columns)
    {
        int n = Math.Min(count, columns);
        return [.. Enumerable.Range(0, n).Select(i => n == 1 ? 0 : (int)Math.Round(i * (count - 1.0) / (n - 1)))];
    }

    internal static Sheet Frame(DreamClip clip, int t, int scale)
    {
        float size = LetterSize(clip, scale);
        int text = (int)size;
        int cell = clip.Width * scale + 2 * Border, tall = clip.Height * scale + 2 * Border;
        var sheet = new Sheet(3 * cell + 4 * Gap, tall + 2 * text + 4 * Gap, Background);
        for (int i = 0; i < Rows.Length; i++)
        {
            int left = Gap + i * (cell + Gap);
            sheet.Text(Rows[i], left, Gap, Ink, size);
            Cell(sheet, clip, i, t, left, text + 2 * Gap, scale);
        }
        int bottom = text + 3 * Gap + tall;
        bool seen = t < clip.ContextFrames;
        string time = seen ? $"t {t}  seen" : $"t {t}  imagined +{t - clip.ContextFrames + 1}";
        sheet.Text(time, Gap, bottom, seen ? Seen : Imagined, size);
        string error = FormattableString.Invariant($"rms {clip.RootMeanSquare(t):0.0}");
        int right = sheet.Width - Gap - Wide(error, size);
        if (right > 2 * Gap + Wide(time, size))
            sheet.Text(error, right, bottom, Faint, size);
        return sheet;
    }

    internal static Sheet Strip(DreamClip clip, int[] chosen, int scale)
    {
        float size = LetterSize(clip, scale);
        int text = (int)size;
        int cell = clip.Width * scale + 2 * Border, tall = clip.Height * scale + 2 * Border;
        int margin = Gap + Rows.Max(row => Wide(row, size)) + Gap;
        var sheet = new Sheet(
            margin + chosen.Length * (cell + Gap), 3 * (tall + Gap) + 2 * Gap + text, Background);
        for (int row = 0; row < Rows.Length; row++)
        {
            int top = text + 2 * Gap + row * (tall + Gap);
            sheet.Text(Rows[row], Gap, top + (tall - (int)Lettering.CapHeight(size)) / 2, Ink, size);
            for (int column = 0; column < chosen.Length; column++)
                Cell(sheet, clip, row, chosen[column], margin + column * (cell + Gap), top, scale);
        }
        for (int column = 0; column < chosen.Length; column++)
        {
            string time = column == 0 ? $"t={chosen[0]}" : $"{chosen[column]}";
            int color = chosen[column] < clip.ContextFrames ? Seen : Imagined;
            int centre = margin + column * (cell + Gap) + (cell - Wide(time, size)) / 2;
            sheet.Text(time, centre, Gap, color, size);
        }
        return sheet;
    }

    private static void Cell(Sheet sheet, DreamClip clip, int row, int t, int left, int top, int scale)
    {
        int color = t < clip.ContextFrames ? Seen : Imagined;
        sheet.Fill(left, top, clip.Width * scale + 2 * Border, clip.Height * scale + 2 * Border, color);
        ReadOnlySpan<byte> picture = row switch
        {
            0 => clip.TruthFrame(t),
            1 => clip.ModelFrame(t),
            _ => clip.ErrorFrame(t),
        };
        sheet.Blit(picture, clip.Width, clip.Height, left + Border, top + Border, scale);
    }

    private static int Wide(string text, float size) => (int)MathF.Ceiling(Lettering.Measure(text, size));

    private static float LetterSize(DreamClip clip, int scale) => clip.Width * scale >= 96 ? Large : Small;
}
