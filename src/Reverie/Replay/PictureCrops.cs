using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>Squares cut out of pictures: each at a place of its own, where all frames that are stacked in it are cut alike (CU);
/// or from the middle.</summary>
/// <param name="space">Of the pictures.</param>
/// <param name="side">Of the squares, in pixels; no more than the pictures have.</param>
public sealed class PictureCrops(ImageSpace space, int side)
{
    /// <summary>What a square is.</summary>
    public ImageSpace Space { get; } = space with { Height = side, Width = side };

    /// <summary>Cuts.</summary>
    /// <param name="pictures">uint8 (N, H, W, C).</param>
    /// <param name="random">Draws the places, all alike; null cuts from the middle.</param>
    /// <returns>uint8 (N, side, side, C).</returns>
    public byte[] Of(ReadOnlySpan<byte> pictures, RandomSource? random)
    {
        var count = pictures.Length / space.Size;
        var (cut, line) = (new byte[count * Space.Size], side * space.Channels);
        var (down, right) = (space.Height - side, space.Width - side);
        for (var n = 0; n < count; n++)
        {
            var (top, left) = random is null ? (down / 2, right / 2) : (random.NextInt(down + 1), random.NextInt(right + 1));
            for (var y = 0; y < side; y++)
                pictures.Slice(n * space.Size + ((top + y) * space.Width + left) * space.Channels, line)
                    .CopyTo(cut.AsSpan(n * Space.Size + y * line));
        }
        return cut;
    }
}
