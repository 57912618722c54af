namespace Reverie.Pictures;

/// <summary>
/// Shows a dream of vectors beside the truth: a small plot for each entry, over time; of a long vector
/// <see cref="MostEntries"/> entries, spread evenly, the first and the last among them. Black is the truth, blue what the
/// model made of rows that it has seen, orange what it has imagined; a line stands where it stops seeing.
/// </summary>
public static class DreamPlot
{
    /// <summary>Entries that a sheet shows at most.</summary>
    public const int MostEntries = 64;

    private const int Paper = 0xFFFFFF, Ink = 0x2B2F36, Faint = 0x6A717C, Grid = 0xE4E7EB;
    private const int Panel = 460, Tall = 150, Left = 62, Right = 16, Top = 26, Bottom = 22, Heading = 34, Letter = 2;

    /// <summary>Writes the plots as PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="curves">The rows.</param>
    /// <exception cref="ArgumentException">The shapes of the curves do not agree.</exception>
    /// <exception cref="ReverieException">The file cannot be written.</exception>
    public static void Write(string path, DreamCurves curves)
    {
        curves.Check();
        Canvas canvas = Draw(curves);
        PngImage.Write(path, canvas.Rgb, canvas.Width, canvas.Height);
    }

    internal static Canvas Draw(DreamCurves curves)
    {
        int[] shown = DreamVideo.Choose(curves.Names.Count, MostEntries);
        int entries = shown.Length, columns = Math.Min(entries, entries <= 12 ? 2 : 4);
        int rows = (entries + columns - 1) / columns;
        var canvas = new Canvas(Math.Max(columns * Panel, 2 * Panel), Heading + rows * Tall, Paper);
        DrawHeading(canvas);
        for (int i = 0; i < entries; i++)
        {
            Canvas panel = DrawEntry(curves, shown[i]);
            canvas.Blit(panel.Rgb, Panel, Tall, i % columns * Panel, Heading + i / columns * Tall, 1);
        }
        return canvas;
    }

    private static void DrawHeading(Canvas canvas)
    {
        int x = Left;
        foreach ((string text, int color) in
            new[] { ("truth", Ink), ("model, seen", DreamVideo.Seen), ("model, imagined", DreamVideo.Imagined) })
        {
            canvas.Line([(x, Heading / 2), (x + 24, Heading / 2)], 3, color, 1);
            canvas.Text(text, x + 34, (Heading - BitmapFont.Ascent * Letter) / 2, Ink, Letter);
            x += 34 + BitmapFont.Measure(text) * Letter + 28;
        }
    }

    private static Canvas DrawEntry(DreamCurves curves, int entry)
    {
        int count = curves.Count, size = curves.Names.Count, seen = curves.ContextRows;
        double[] truth = [.. Enumerable.Range(0, count).Select(t => (double)curves.Truth[t * size + entry])];
        double[] model = [.. Enumerable.Range(0, count).Select(t => (double)curves.Model[t * size + entry])];
        var time = new PlotScale(0, count - 1, Left, Panel - Right, 8, round: false);
        double[] all = [.. truth, .. model];
        var value = new PlotScale(all.Min(), all.Max(), Tall - Bottom, Top, 3, round: true);

        var canvas = new Canvas(Panel, Tall, Paper);
        canvas.Text(curves.Names[entry], Left, (Top - BitmapFont.Ascent * Letter) / 2, Ink, Letter);
        foreach ((double at, string label) in value.Ticks())
        {
            double y = Math.Round(value.Pixel(at)) + 0.5;
            canvas.Line([(Left, y), (Panel - Right, y)], 1, Grid, 1);
            canvas.Text(label, Left - 8 - BitmapFont.Measure(label), (int)y - BitmapFont.Ascent / 2, Faint);
        }
        foreach ((double at, string label) in time.Ticks())
            canvas.Text(label, (int)time.Pixel(at) - BitmapFont.Measure(label) / 2, Tall - Bottom + 8, Faint);
        if (seen > 0 && seen < count)
            canvas.Line([(time.Pixel(seen - 0.5), Top), (time.Pixel(seen - 0.5), Tall - Bottom)], 1, Faint, 1);

        // What is imagined begins at the last row that was seen, so that the line does not break.
        Trace(truth, 0, count, 2.5, Ink);
        Trace(model, 0, seen, 2, DreamVideo.Seen);
        Trace(model, Math.Max(0, seen - 1), count, 2, DreamVideo.Imagined);
        return canvas;

        void Trace(double[] values, int from, int to, double width, int color) => canvas.Line(
            [.. Enumerable.Range(from, Math.Max(0, to - from)).Select(t => (time.Pixel(t), value.Pixel(values[t])))],
            width, color, 1);
    }
}
