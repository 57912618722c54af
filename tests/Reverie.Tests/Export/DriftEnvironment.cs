using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Tests.Export;

/// <summary>A spot that actions push over a picture, and its place as a vector: what is seen depends on all that was done.
/// Pictures, vectors or both; numbers, choices, or both in groups. Where choices are masked, one of them, that depends on
/// the place, is not allowed.</summary>
internal sealed class DriftEnvironment(string sees, bool? choices, ulong seed, bool masked = false)
{
    public const int Entries = 3, Actions = 3;

    private readonly RandomSource random = new(seed);
    private double x, y;

    public EpisodeLayout Layout { get; } = LayoutOf(sees, choices, masked);

    /// <summary>Numbers, choices, or with null a group of each.</summary>
    public static EpisodeLayout LayoutOf(string sees, bool? choices, bool masked = false)
    {
        var groups = choices is { } alike ? new ActionGroups((Actions, alike)) { IsMasked = masked }
            : new ActionGroups((2, true), (1, false)) { IsMasked = masked };
        return new(sees == "vector" ? null : new ImageSpace(), sees == "pixels" ? 0 : Entries, Actions, groups.IsOneHot)
        {
            Groups = groups,
        };
    }

    public TimeStep Reset()
    {
        (x, y) = (random.NextDouble(-1, 1), random.NextDouble(-1, 1));
        return Row() with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        x = Math.Clamp(x + 0.2 * action[0] + 0.1 * random.NextGaussian(), -1, 1);
        y = Math.Clamp(y + 0.2 * action[1] - 0.1 * action[2] + 0.1 * random.NextGaussian(), -1, 1);
        return Row();
    }

    private TimeStep Row()
    {
        var picture = Layout.Image is null ? [] : new byte[Layout.ImageSize];
        if (Layout.Image is { } space)
            for (var row = 0; row < space.Height; row++)
                for (var column = 0; column < space.Width; column++)
                    for (var channel = 0; channel < space.Channels; channel++)
                    {
                        var (u, v) = (column / 31.5 - 1 - x, row / 31.5 - 1 - y);
                        picture[(row * space.Width + column) * space.Channels + channel] =
                            (byte)(255 * Math.Exp(-(2 + 3 * channel) * (u * u + v * v)));
                    }
        return new()
        {
            Image = picture, Vector = Layout.VectorSize == 0 ? [] : [(float)x, (float)(10 * y), (float)(x * y)],
            ActionMask = Mask(),
        };
    }

    private bool[] Mask()
    {
        if (!Layout.Groups.IsMasked) return [];
        var mask = Enumerable.Repeat(true, Actions).ToArray();
        mask[(int)(1000 * (x + 1)) % Layout.Groups[0].Size] = false;
        return mask;
    }
}
