namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// Asterix: the player goes about among eight lanes in which enemies and gold come in from either side. Gold gives 1, an
/// enemy ends it.
/// </summary>
/// <remarks>
/// Something new comes after each wait, in a lane that is empty, from a side at random; one of three is gold. All of them
/// move at once, one cell. Every 102 steps the next comes sooner, and every other time all of them move sooner too.
/// </remarks>
internal sealed class AsterixGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed) : ArcadeGame(settings, moves, seed)
{
    private const int Player = 0, Enemy = 1, Trail = 2, Gold = 3;
    private const int Lanes = 8, FirstArrival = 10, FirstStride = 5, RampEvery = 100;

    private readonly Visitor?[] lanes = new Visitor?[Lanes];
    private (int X, int Y) player;
    private int arrivalEvery, untilArrival, strideEvery, untilStride, untilRamp;

    /// <summary>What the vector has.</summary>
    public static IReadOnlyList<ArcadePlane> Things { get; } =
        [new("player", 0x46A0FA), new("enemy", 0xE04848), new("trail", 0x604848), new("gold", 0xFAD23C)];

    /// <summary>Moves that do something.</summary>
    public static IReadOnlyList<ArcadeMove> Minimal { get; } =
        [ArcadeMove.Stay, ArcadeMove.Left, ArcadeMove.Up, ArcadeMove.Right, ArcadeMove.Down];

    /// <inheritdoc/>
    public override IReadOnlyList<ArcadePlane> Planes => Things;

    protected override void Begin()
    {
        Array.Clear(lanes);
        (player, untilRamp) = ((5, 5), RampEvery);
        (arrivalEvery, untilArrival, strideEvery, untilStride) = (FirstArrival, FirstArrival, FirstStride, FirstStride);
    }

    protected override int Play(ArcadeMove move)
    {
        if (untilArrival == 0)
        {
            Arrive();
            untilArrival = arrivalEvery;
        }
        player = move switch
        {
            ArcadeMove.Left => (Within(player.X - 1), player.Y),
            ArcadeMove.Right => (Within(player.X + 1), player.Y),
            ArcadeMove.Up => (player.X, Within(player.Y - 1, 1, Lanes)),
            ArcadeMove.Down => (player.X, Within(player.Y + 1, 1, Lanes)),
            _ => player,
        };
        var reward = Meet();
        if (untilStride == 0)
        {
            untilStride = strideEvery;
            for (var lane = 0; lane < Lanes; lane++)
                if (lanes[lane] is { } one)
                    lanes[lane] = IsInside(one.X + one.Way) ? one with { X = one.X + one.Way } : null;
            reward += Meet();
        }
        untilArrival--;
        untilStride--;
        if (Ramps && (arrivalEvery > 1 || strideEvery > 1)) Ramp();
        return reward;
    }

    protected override void Show()
    {
        Put(Player, player.X, player.Y);
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (lanes[lane] is not { } one) continue;
            Put(one.IsGold ? Gold : Enemy, one.X, lane + 1);
            Put(Trail, one.X - one.Way, lane + 1);
        }
    }

    // The player can meet but one, since each lane has but one.
    private int Meet()
    {
        ref var there = ref lanes[player.Y - 1];
        if (there is not { } one || one.X != player.X) return 0;
        IsOver |= !one.IsGold;
        if (!one.IsGold) return 0;
        there = null;
        return 1;
    }

    private void Arrive()
    {
        var (isFromLeft, isGold) = (Random.NextInt(2) == 0, Random.NextInt(3) == 0);
        int[] free = [.. Enumerable.Range(0, Lanes).Where(lane => lanes[lane] is null)];
        if (free.Length > 0)
            lanes[free[Random.NextInt(free.Length)]] = new(isFromLeft ? 0 : Cells - 1, isFromLeft ? 1 : -1, isGold);
    }

    private void Ramp()
    {
        if (untilRamp-- >= 0) return;
        if (strideEvery > 1 && Level % 2 == 1) strideEvery--;
        if (arrivalEvery > 1) arrivalEvery--;
        Level++;
        untilRamp = RampEvery;
    }

    private readonly record struct Visitor(int X, int Way, bool IsGold);
}
