using System.Text;

namespace Reverie.Cli.Play;

/// <summary>Pictures in a terminal of 24-bit colours: two pixels a character, one above the other.</summary>
internal static class HalfBlocks
{
    private const int Channels = 3;

    /// <summary>Columns and rows of characters that a picture takes, made smaller where it does not fit.</summary>
    public static (int Columns, int Rows) Fit(int width, int height, int mostColumns, int mostRows)
    {
        var scale = Math.Min(1, Math.Min((double)mostColumns / width, 2.0 * mostRows / height));
        return (Math.Max(1, (int)(width * scale)), Math.Max(1, ((int)(height * scale) + 1) / 2));
    }

    /// <summary>A picture as lines of coloured characters.</summary>
    /// <param name="picture">(height, width, 3) or, grey, (height, width, 1)</param>
    /// <param name="width">pixels of a row</param>
    /// <param name="height">rows</param>
    /// <param name="columns">characters of a line</param>
    /// <param name="rows">lines</param>
    public static string Text(ReadOnlySpan<byte> picture, int width, int height, int columns, int rows)
    {
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            (int, int, int)? front = null, back = null;
            for (var column = 0; column < columns; column++)
            {
                var upper = Mean(picture, width, height, column, columns, 2 * row, 2 * rows);
                var lower = Mean(picture, width, height, column, columns, 2 * row + 1, 2 * rows);
                if (upper != front)
                    Colour(text, 38, upper);
                if (lower != back)
                    Colour(text, 48, lower);
                (front, back) = (upper, lower);
                text.Append('▀');
            }
            text.Append("\x1b[0m").Append(row + 1 < rows ? "\r\n" : "");
        }
        return text.ToString();
    }

    private static void Colour(StringBuilder text, int ground, (int Red, int Green, int Blue) colour) =>
        text.Append($"\x1b[{ground};2;{colour.Red};{colour.Green};{colour.Blue}m");

    // Over the pixels whose share of the picture that is; the nearest one where there is less than a pixel.
    private static (int, int, int) Mean(ReadOnlySpan<byte> picture, int width, int height, int column, int columns,
        int line, int lines)
    {
        var channels = picture.Length / (width * height);
        var (left, top) = (column * width / columns, line * height / lines);
        var (right, bottom) = (Math.Max(left + 1, (column + 1) * width / columns),
            Math.Max(top + 1, (line + 1) * height / lines));
        Span<int> sums = stackalloc int[Channels];
        sums.Clear();
        for (var y = top; y < bottom; y++)
            for (var x = left; x < right; x++)
                for (var channel = 0; channel < Channels; channel++)
                    sums[channel] += picture[(y * width + x) * channels + Math.Min(channel, channels - 1)];
        var count = (right - left) * (bottom - top);
        return (sums[0] / count, sums[1] / count, sums[2] / count);
    }
}
