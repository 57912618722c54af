namespace Reverie.Environments.CarRacing;

/// <summary>Draws races in one look and size, by software of its own. Not thread-safe.</summary>
public sealed class Painter
{
    private readonly Look look;
    private readonly Rasteriser picture;
    private readonly Affine windowToPixels;
    private readonly Shrink? shrink;
    private readonly Scene scene = new();
    private readonly Instruments instruments;

    /// <summary>Makes one.</summary>
    /// <param name="look">How it draws.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    public Painter(Look look, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (this.look, Width, Height) = (look, width, height);
        instruments = new Instruments(look);
        var (across, down) = (width, height);
        if (look.IsShrunk)
        {
            var times = 1 + Math.Max(width / look.WindowWidth, height / look.WindowHeight);
            (across, down) = (times * look.WindowWidth, times * look.WindowHeight);
            shrink = new Shrink(look.Palette, (across, down), (width, height));
        }
        picture = new Rasteriser(across, down, outlines: look.IsShrunk);
        windowToPixels = new Affine((double)across / look.WindowWidth, 0, 0, -(double)down / look.WindowHeight, 0, down);
    }

    /// <summary>Pixels of a row; the original has 96.</summary>
    public int Width { get; }

    /// <summary>Rows; the original has 96, of which the lower 12 are the bar of instruments.</summary>
    public int Height { get; }

    /// <summary>Draws a race into a new array, (Height, Width, 3).</summary>
    public byte[] Draw(Race race, bool withScore = true)
    {
        var rgb = new byte[3 * Width * Height];
        Draw(race, rgb, withScore);
        return rgb;
    }

    /// <summary>Draws a race.</summary>
    /// <param name="race">As it stands.</param>
    /// <param name="rgb">(Height, Width, 3), rows from top to bottom.</param>
    /// <param name="withScore">Whether the score is written on the bar.</param>
    public void Draw(Race race, Span<byte> rgb, bool withScore = true)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, 3 * Width * Height, nameof(rgb));
        scene.Draw(race, windowToPixels.After(Camera.ToWindow(race, look)), picture);
        instruments.Draw(race, windowToPixels, picture, withScore);
        if (shrink is null)
            Colour(rgb);
        else
            shrink.Apply(picture, rgb);
    }

    private void Colour(Span<byte> rgb)
    {
        var palette = look.Palette;
        for (var row = 0; row < Height; row++)
        {
            var paints = picture.Row(row);
            var line = rgb.Slice(3 * Width * row, 3 * Width);
            for (var x = 0; x < paints.Length; x++)
            {
                var colour = 3 * (int)paints[x];
                line[3 * x] = palette[colour];
                line[3 * x + 1] = palette[colour + 1];
                line[3 * x + 2] = palette[colour + 2];
            }
        }
    }
}
