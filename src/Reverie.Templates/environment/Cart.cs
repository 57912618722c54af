using Reverie;
using Reverie.Environments;

namespace Own.Environment_1;

/// <summary>A cart on a rail is to be brought to rest in the middle, by pushes to the left or to the right; there is no
/// friction.</summary>
/// <param name="seed">Decides the episodes until <see cref="Reset"/> is given another.</param>
public sealed class Cart(int seed) : IEnvironment, IPictureSource
{
    private const double Second = 0.1, End = 1;
    private RandomSource random = new((ulong)seed);
    private double place, speed;

    /// <summary>What is known before one is made. An episode has 100 steps; the agent decides in every other one.</summary>
    public static TaskInfo Info { get; } = new()
    {
        Task = "Own.Environment-1", Domain = "own", EpisodeSteps = 100, ActionRepeat = 2,
        ObservationSpace = new MixedSpace(new ImageSpace(), Seen), Observations = [new("place", 1), new("speed", 1)],
        ActionSpace = Pushes, ActionNames = ["push"],
    };

    /// <summary>The push, in metres a second squared.</summary>
    public static BoxSpace Pushes => BoxSpace.Uniform(1, -1, 1);

    /// <summary>Place, in metres, and speed, in metres a second.</summary>
    public static BoxSpace Seen => BoxSpace.Uniform(2, -5, 5);

    /// <inheritdoc/>
    public Space ObservationSpace => Seen;

    /// <inheritdoc/>
    public Space ActionSpace => Pushes;

    /// <summary>64 by 64 in three channels; drawn for agents that see pictures, and for films.</summary>
    public ImageSpace Picture { get; } = new();

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        (place, speed) = (random.NextDouble(-0.8, 0.8), random.NextDouble(-0.2, 0.2));
        return new() { Image = [], Vector = [(float)place, (float)speed], IsFirst = true };
    }

    /// <summary>The reward is 1 where the cart rests in the middle. At the ends of the rail it stops.</summary>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        speed += Second * action[0];
        place += Second * speed;
        if (Math.Abs(place) > End) (place, speed) = (Math.Sign(place) * End, 0);
        return new()
        {
            Image = [], Vector = [(float)place, (float)speed],
            Reward = Math.Exp(-4 * place * place - 2 * speed * speed),
        };
    }

    /// <inheritdoc/>
    public byte[] Draw()
    {
        var pixels = new byte[Picture.Size];    // rows from top to bottom
        var cart = (int)((0.5 + 0.4 * place) * Picture.Width);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (column, row) = (i / 3 % Picture.Width, i / 3 / Picture.Width);
            var isCart = Math.Abs(column - cart) < 6 && Math.Abs(row - 32) < 4;
            pixels[i] = isCart ? (byte)230 : row is >= 36 and < 38 ? (byte)120 : (byte)30;
        }
        return pixels;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
