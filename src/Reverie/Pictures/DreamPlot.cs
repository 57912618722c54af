using ScottPlot;

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

    private const int Paper = 0xFFFFFF;
    private const int Panel = 460, Tall = 150, Left = 62, Heading = 34;
    private const float Size = 14, Numbers = 11;

    /// <summary>Writes the plots as PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="curves">The rows.</param>
    /// <exception cref="ArgumentException">The shapes of the curves do not agree.</exception>
    /// <exception cref="ReverieException">The file cannot be written.</exception>
    public static void Write(string path, DreamCurves curves)
    {
        curves.Check();
        using Sheet sheet = Draw(curves);
        PngImage.Write(path, sheet.Rgb, sheet.Width, sheet.Height);
    }

    internal static Sheet Draw(DreamCurves curves)
    {
        int[] shown = DreamVideo.Choose(curves.Names.Count, MostEntries);
        int entries = shown.Length, columns = Math.Min(entries, entries <= 12 ? 2 : 4);
        int rows = (entries + columns - 1) / columns;
        var sheet = new Sheet(Math.Max(columns * Panel, 2 * Panel), Heading + rows * Tall, Paper);
        DrawHeading(sheet);
        for (int i = 0; i < entries; i++)
        {
            using Plot plot = Entry(curves, shown[i]);
            (int left, int top) = (i % columns * Panel, Heading + i / columns * Tall);
            plot.Render(sheet.Surface, new PixelRect(left, left + Panel, top + Tall, top));
            sheet.Text(curves.Names[shown[i]], left + Left, top + 8, Charts.Ink, Size);
        }
        return sheet;
    }

    private static void DrawHeading(Sheet sheet)
    {
        int x = Left;
        foreach ((string text, int color) in
            new[] { ("truth", Charts.Ink), ("model, seen", DreamVideo.Seen), ("model, imagined", DreamVideo.Imagined) })
        {
            sheet.Fill(x, Heading / 2 - 1, 24, 3, color);
            sheet.Text(text, x + 34, (Heading - (int)Lettering.CapHeight(Size)) / 2, Charts.Ink, Size);
            x += 34 + (int)Lettering.Measure(text, Size) + 28;
        }
    }

    private static Plot Entry(DreamCurves curves, int entry)
    {
        int count = curves.Count, size = curves.Names.Count, seen = curves.ContextRows;
        double[] truth = [.. Enumerable.Range(0, count).Select(t => (double)curves.Truth[t * size + entry])];
        double[] model = [.. Enumerable.Range(0, count).Select(t => (double)curves.Model[t * size + entry])];
        Plot plot = Charts.New(Numbers);
        plot.Layout.Fixed(new PixelPadding(left: Left, right: 16, bottom: 22, top: 26));
        if (seen > 0 && seen < count)
            plot.Add.VerticalLine(seen - 0.5, 1, Charts.Of(Charts.Faint));

        // What is imagined begins at the last row that was seen, so that the line does not break.
        Trace(truth, 0, count, 2.5f, Charts.Ink);
        Trace(model, 0, seen, 2, DreamVideo.Seen);
        Trace(model, Math.Max(0, seen - 1), count, 2, DreamVideo.Imagined);
        (double low, double high) = Charts.Room(truth.Concat(model).Min(), truth.Concat(model).Max());
        plot.Axes.Bottom.Show(0, Math.Max(1, count - 1));
        plot.Axes.Left.Show(low, high, density: 1.5);
        return plot;

        void Trace(double[] values, int from, int to, float width, int color)
        {
            if (to > from)
                plot.Add.ScatterLine(
                    Enumerable.Range(from, to - from).Select(t => new Coordinates(t, values[t])).ToArray(),
                    Charts.Of(color)).LineWidth = width;
        }
    }
}
