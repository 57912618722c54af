namespace Reverie.Environments.CarRacing;

/// <summary>
/// Numbers made of strokes. The originals' typefaces are not at hand; width, height and weight are theirs, and in a
/// picture of 96 by 96 a digit has two by four pixels.
/// </summary>
internal static class Digits
{
    // Parts of the height of the type.
    private const double Advance = 0.556, Width = 0.46, Height = 0.71, Stroke = 0.13;

    // Strokes of each digit, a bit each: top, middle, bottom, upper left, upper right, lower left, lower right.
    private static readonly byte[] Strokes = [0x7D, 0x50, 0x37, 0x57, 0x5A, 0x4F, 0x6F, 0x51, 0x7F, 0x5F];
    private const byte Minus = 0x02;

    private static readonly (double Left, double Bottom, double Right, double Top)[] Bars =
    [
        (0, Height - Stroke, Width, Height),
        (0, (Height - Stroke) / 2, Width, (Height + Stroke) / 2),
        (0, 0, Width, Stroke),
        (0, Height / 2, Stroke, Height),
        (Width - Stroke, Height / 2, Width, Height),
        (0, 0, Stroke, Height / 2),
        (Width - Stroke, 0, Width, Height / 2),
    ];

    /// <summary>Writes a number, its middle at a height above the window's lower edge.</summary>
    internal static void Write(string number, Look look, double middle, in Affine toPixels, Rasteriser picture)
    {
        var size = look.ScoreHeight;
        var left = look.ScoreLeft ?? look.ScoreCentre - number.Length * Advance * size / 2;
        var bottom = middle - Height * size / 2;
        foreach (var letter in number)
        {
            var strokes = letter == '-' ? Minus : Strokes[letter - '0'];
            for (var i = 0; i < Bars.Length; i++)
                if ((strokes >> i & 1) != 0)
                    Fill(Bars[i], left + (Advance - Width) / 2 * size, bottom, size, toPixels, picture);
            left += Advance * size;
        }
    }

    private static void Fill((double Left, double Bottom, double Right, double Top) bar, double x, double y,
        double size, in Affine toPixels, Rasteriser picture)
    {
        var (left, bottom) = (x + bar.Left * size, y + bar.Bottom * size);
        var (right, top) = (x + bar.Right * size, y + bar.Top * size);
        Span<double> corners = [left, bottom, right, bottom, right, top, left, top];
        picture.Fill(corners, toPixels, Paint.White);
    }
}
