using Reverie;
using Reverie.Environments;

namespace Harbour;

/// <summary>A picture of 84 by 84, two choices at once and a mask: crates of two colours hang left or right, and each belongs
/// on one of the two wagons of its colour, by the arm of its side. That gives 1; anything else nothing. One of the
/// wagons is shut, another one for each crate, and no picture shows which: only the mask tells. Twenty crates an episode.</summary>
public sealed class Crane(int seed) : Crates(seed, Info)
{
    public static TaskInfo Info { get; } = About("crane", masked: true);
}

/// <summary>The same for whoever takes no heed of the mask: all wagons may be chosen, and a crate on the one that is shut falls,
/// which costs 2. Whoever does the best by the picture then comes to 5 an episode in the mean.</summary>
public sealed class BlindCrane(int seed) : Crates(seed, Info)
{
    public static TaskInfo Info { get; } = About("blind_crane", masked: false);
}

/// <summary>What both have in common.</summary>
public abstract class Crates(int seed, TaskInfo info) : IEnvironment
{
    private const int Side = 84, Wagons = 4, Crate = 24;
    private static readonly byte[][] Colours = [[220, 60, 50], [50, 110, 230]];

    private RandomSource random = new((ulong)seed);
    private int colour, arm, shut;

    public Space ObservationSpace => info.ObservationSpace;
    public Space ActionSpace => info.ActionSpace;

    private bool IsMasked => ActionGroups.Of(ActionSpace).IsMasked;

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        return Next(0) with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var (wagon, by) = (action[..Wagons].IndexOf(1f), action[Wagons..].IndexOf(1f));
        return Next(wagon == shut ? -2 : wagon / 2 == colour && by == arm ? 1 : 0);
    }

    public void Dispose() { }

    protected static TaskInfo About(string task, bool masked) => new()
    {
        Task = task, Domain = "samples", ObservationSpace = new ImageSpace(Side, Side), EpisodeSteps = 20,
        ActionSpace = new GroupedSpace(new DiscreteSpace(Wagons) { IsMasked = masked }, new DiscreteSpace(2)),
        ActionNames = ["first red", "second red", "first blue", "second blue", "left arm", "right arm"],
    };

    private TimeStep Next(double reward)
    {
        (colour, arm, shut) = (random.NextInt(2), random.NextInt(2), random.NextInt(Wagons));
        bool[] allowed = [.. Enumerable.Range(0, Wagons).Select(wagon => wagon != shut), true, true];
        return new() { Image = Draw(), Vector = [], Reward = reward, ActionMask = IsMasked ? allowed : [] };
    }

    // The crate above, the wagons in a row below.
    private byte[] Draw()
    {
        var picture = new byte[Side * Side * 3];
        for (var i = 0; i < picture.Length / 3; i++)
        {
            var (x, y) = (i % Side, i / Side);
            var isCrate = y is >= 14 and < 14 + Crate && x - (arm == 0 ? 9 : Side - 9 - Crate) is >= 0 and < Crate;
            var isWagon = y is >= 64 and < 76 && x % 21 is >= 4 and < 17;
            if (isCrate) Colours[colour].CopyTo(picture, 3 * i);
            else if (isWagon) Colours[x / 42].CopyTo(picture, 3 * i);
            else picture.AsSpan(3 * i, 3).Fill(30);
        }
        return picture;
    }
}
