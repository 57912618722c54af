namespace Reverie.Pictures;

/// <summary>Many pictures on one sheet, each with its name below.</summary>
public static class ContactSheet
{
    private const int Gap = 8;
    private const float Small = 11, Large = 16;

    /// <summary>Writes the sheet as PNG, row after row from the left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">Names, and uint8 (<paramref name="height"/>, <paramref name="width"/>, 3), at least one.
    /// </param>
    /// <param name="width">Pixels of a picture's row.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="columns">Pictures side by side.</param>
    /// <param name="scale">Pixels that one pixel of the pictures becomes, each way.</param>
    /// <returns>Width and height of the sheet.</returns>
    /// <exception cref="ReverieException">The file cannot be written.</exception>
    public static (int Width, int Height) Write(string path, IReadOnlyList<(string Name, byte[] Rgb)> pictures,
        int width, int height, int columns, int scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pictures.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        using Sheet sheet = Draw(pictures, width, height, columns, scale);
        PngImage.Write(path, sheet.Rgb, sheet.Width, sheet.Height);
        return (sheet.Width, sheet.Height);
    }

    internal static Sheet Draw(
        IReadOnlyList<(string Name, byte[] Rgb)> pictures, int width, int height, int columns, int scale)
    {
        float size = width * scale >= 256 ? Large : Small;
        int Wide(string name) => (int)MathF.Ceiling(Lettering.Measure(name, size));
        int cell = Math.Max(width * scale, pictures.Max(one => Wide(one.Name))) + Gap;
        int tall = height * scale + (int)size + 2 * Gap;
        int rows = (pictures.Count + columns - 1) / columns;
        var sheet = new Sheet(columns * cell + Gap, rows * tall + Gap, DreamVideo.Background);
        for (int i = 0; i < pictures.Count; i++)
        {
            int left = Gap + i % columns * cell, top = Gap + i / columns * tall;
            sheet.Blit(pictures[i].Rgb, width, height, left + (cell - Gap - width * scale) / 2, top, scale);
            int name = left + (cell - Gap - Wide(pictures[i].Name)) / 2;
            sheet.Text(pictures[i].Name, name, top + height * scale + Gap / 2, DreamVideo.Ink, size);
        }
        return sheet;
    }
}
