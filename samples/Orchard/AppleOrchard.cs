using Reverie;
using Reverie.Environments;

namespace Orchard;

/// <summary>Pictures and choices: a picker walks an orchard of 8 by 8 trees; an apple gives 1 and grows again
/// elsewhere, a nettle costs 1 and ends the episode.</summary>
public sealed class AppleOrchard(int seed) : IEnvironment
{
    private const int Side = 8, Pixels = 8, Apples = 6, Nettles = 3;
    private static readonly byte[] Grass = [40, 70, 40], Apple = [220, 50, 50], Nettle = [120, 60, 160],
        Picker = [240, 240, 220];
    private static readonly DiscreteSpace Moves = new(4);

    private readonly HashSet<(int X, int Y)> apples = [], nettles = [];
    private RandomSource random = new((ulong)seed);
    private (int X, int Y) picker;

    /// <summary>What Reverie should know before it makes one: here the time limit, which no class needs to keep
    /// itself.</summary>
    public static TaskInfo Info { get; } = new()
    {
        Task = "orchard", Domain = "samples", ObservationSpace = new ImageSpace(), ActionSpace = Moves,
        ActionNames = ["left", "right", "up", "down"], EpisodeSteps = 100,
    };

    public Space ObservationSpace => Info.ObservationSpace;
    public Space ActionSpace => Moves;

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        apples.Clear();
        nettles.Clear();
        picker = (Side / 2, Side / 2);
        while (apples.Count < Apples) apples.Add(FreePlace());
        while (nettles.Count < Nettles) nettles.Add(FreePlace());
        return new() { Image = Draw(), Vector = [], IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var (dx, dy) = Moves.Choice(action) switch { 0 => (-1, 0), 1 => (1, 0), 2 => (0, -1), _ => (0, 1) };
        picker = (Math.Clamp(picker.X + dx, 0, Side - 1), Math.Clamp(picker.Y + dy, 0, Side - 1));
        var (eaten, stung) = (apples.Remove(picker), nettles.Contains(picker));
        if (eaten) apples.Add(FreePlace());
        // Nothing can follow a nettle, so the row is terminal as well as last.
        return new()
        {
            Image = Draw(), Vector = [], Reward = eaten ? 1 : stung ? -1 : 0, IsLast = stung, IsTerminal = stung,
        };
    }

    public void Dispose() { }

    private (int X, int Y) FreePlace()
    {
        while (true)
        {
            var place = (random.NextInt(Side), random.NextInt(Side));
            if (place != picker && !apples.Contains(place) && !nettles.Contains(place)) return place;
        }
    }

    // A new array each time: Reverie keeps the ones that it was given.
    private byte[] Draw()
    {
        var picture = new byte[Side * Pixels * Side * Pixels * 3];
        for (var i = 0; i < picture.Length / 3; i++)
        {
            var place = (i % (Side * Pixels) / Pixels, i / (Side * Pixels) / Pixels);
            var colour = place == picker ? Picker : apples.Contains(place) ? Apple
                : nettles.Contains(place) ? Nettle : Grass;
            colour.CopyTo(picture, 3 * i);
        }
        return picture;
    }
}
