using Reverie;
using Reverie.Environments;

namespace Harbour;

/// <summary>A picture of 84 by 84, a vector that tells the goal, two choices at once and a mask: a tug sails a harbour of 7
/// by 7 places, takes a barge where one lies and leaves it at the berth of the day. That gives 1, another berth costs
/// a half, and time a little.</summary>
public sealed class Tugboat(int seed) : IEnvironment
{
    private const int Side = 7, Pixels = 12, Barges = 3;
    private static readonly byte[] Water = [30, 60, 110], Quay = [110, 100, 90], Barge = [200, 140, 40], Tug = [240, 240, 240],
        Loaded = [240, 200, 90];

    // Each of the choices comes one-hot, one after the other: five ways to sail, three things to do with the hook.
    private static readonly DiscreteSpace Ways = new(5) { IsMasked = true }, Hook = new(3) { IsMasked = true };
    private static readonly (int X, int Y)[] Moves = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)];
    private static readonly (int X, int Y)[] Berths = [(0, 0), (Side - 1, 0), (0, Side - 1), (Side - 1, Side - 1)];

    private readonly HashSet<(int X, int Y)> barges = [];
    private RandomSource random = new((ulong)seed);
    private (int X, int Y) tug;
    private int goal;
    private bool tows;

    public static TaskInfo Info { get; } = new()
    {
        Task = "harbour", Domain = "samples",
        ObservationSpace = new MixedSpace(new ImageSpace(Side * Pixels, Side * Pixels), BoxSpace.Uniform(Berths.Length, 0, 1)),
        ActionSpace = new GroupedSpace(Ways, Hook),
        ActionNames = ["stay", "left", "right", "up", "down", "nothing", "take", "leave"],
        Observations = [new("berth", Berths.Length)], EpisodeSteps = 100,
    };

    public Space ObservationSpace => Info.ObservationSpace;
    public Space ActionSpace => Info.ActionSpace;

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        (tug, tows, goal) = ((Side / 2, Side / 2), false, random.NextInt(Berths.Length));
        barges.Clear();
        while (barges.Count < Barges) barges.Add(FreePlace());
        return Row(0) with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var (move, hook) = (Moves[Ways.Choice(action[..5])], Hook.Choice(action[5..]));
        var reward = hook != 2 ? -0.01 : tug == Berths[goal] ? 1 : -0.5;
        if (hook == 1) tows = barges.Remove(tug);
        if (hook == 2)
        {
            tows = false;
            barges.Add(FreePlace());
            goal = random.NextInt(Berths.Length);
        }
        tug = (tug.X + move.X, tug.Y + move.Y);
        return Row(reward);
    }

    public void Dispose() { }

    // What may be chosen next: no way out of the harbour, nothing to take where nothing lies, nothing to leave but a
    // tow at a berth.
    private bool[] Allowed() =>
    [
        .. Moves.Select(move => tug.X + move.X is >= 0 and < Side && tug.Y + move.Y is >= 0 and < Side),
        true, !tows && barges.Contains(tug), tows && Berths.Contains(tug),
    ];

    private TimeStep Row(double reward)
    {
        var berth = new float[Berths.Length];
        berth[goal] = 1;
        return new() { Image = Draw(), Vector = berth, Reward = reward, ActionMask = Allowed() };
    }

    private (int X, int Y) FreePlace()
    {
        while (true)
        {
            var place = (random.NextInt(Side), random.NextInt(Side));
            if (place != tug && !barges.Contains(place) && !Berths.Contains(place)) return place;
        }
    }

    private byte[] Draw()
    {
        var picture = new byte[Side * Pixels * Side * Pixels * 3];
        for (var i = 0; i < picture.Length / 3; i++)
        {
            var place = (i % (Side * Pixels) / Pixels, i / (Side * Pixels) / Pixels);
            var colour = place == tug ? tows ? Loaded : Tug : barges.Contains(place) ? Barge
                : Berths.Contains(place) ? Quay : Water;
            colour.CopyTo(picture, 3 * i);
        }
        return picture;
    }
}
