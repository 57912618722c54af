namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// Freeway: a chicken crosses eight lanes, from the bottom row to the top one, which gives 1 and takes it back to the
/// bottom, as does a car that hits it. The time is up after 2,501 steps.
/// </summary>
/// <remarks>
/// The chicken can move in one of three steps. Each lane has a car, which moves a cell in every first to fifth step after a
/// wait, to the right or to the left, and comes in again on the other side. Whenever the chicken has arrived all speeds and
/// directions are drawn anew. A car's trail lies behind it, in the plane of its speed.
/// </remarks>
internal sealed class FreewayGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed) : ArcadeGame(settings, moves, seed)
{
    /// <summary>Steps after which the time is up with the next one.</summary>
    public const int Time = 2500;

    private const int Chicken = 0, CarPlane = 1, FirstSpeed = 2;
    private const int Column = 4, Bottom = Cells - 1, Lanes = 8, Speeds = 5, Wait = 3;

    private readonly Car[] cars = new Car[Lanes];
    private int row, rest, left;

    /// <summary>What the vector has.</summary>
    public static IReadOnlyList<ArcadePlane> Things { get; } =
    [
        new("chicken", 0xFAF0A0), new("car", 0xE04848), new("speed1", 0x905090), new("speed2", 0x705098), new("speed3", 0x5054A0),
        new("speed4", 0x406890), new("speed5", 0x387878),
    ];

    /// <summary>Moves that do something.</summary>
    public static IReadOnlyList<ArcadeMove> Minimal { get; } = [ArcadeMove.Stay, ArcadeMove.Up, ArcadeMove.Down];

    /// <inheritdoc/>
    public override IReadOnlyList<ArcadePlane> Planes => Things;

    protected override bool IsTimeUp => left < 0;

    protected override void Begin()
    {
        (row, rest, left) = (Bottom, Wait, Time);
        for (var lane = 0; lane < Lanes; lane++) cars[lane] = default;
        Hurry();
    }

    protected override int Play(ArcadeMove move)
    {
        var reward = 0;
        if (move is ArcadeMove.Up or ArcadeMove.Down && rest == 0)
            (rest, row) = (Wait, Within(row + (move == ArcadeMove.Up ? -1 : 1)));
        if (row == 0)
        {
            (reward, row) = (1, Bottom);
            Hurry();
        }
        for (var lane = 0; lane < Lanes; lane++)
        {
            ref var car = ref cars[lane];
            Hit(lane);
            car = car.Rest > 0 ? car with { Rest = car.Rest - 1 }
                : car with { Rest = car.Every, X = (car.X + car.Way + Cells) % Cells };
            Hit(lane);
        }
        if (rest > 0) rest--;
        left--;
        return reward;
    }

    protected override void Show()
    {
        Put(Chicken, Column, row);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var car = cars[lane];
            Put(CarPlane, car.X, lane + 1);
            Put(FirstSpeed + car.Every - 1, (car.X - car.Way + Cells) % Cells, lane + 1);
        }
    }

    private void Hit(int lane)
    {
        if ((cars[lane].X, lane + 1) == (Column, row)) row = Bottom;
    }

    // New speeds and directions, places as they are.
    private void Hurry()
    {
        foreach (ref var car in cars.AsSpan())
        {
            var every = 1 + Random.NextInt(Speeds);
            car = car with { Every = every, Rest = every, Way = 2 * Random.NextInt(2) - 1 };
        }
    }

    // Every: steps that it rests between two moves. Rest: those still to go.
    private readonly record struct Car(int X, int Way, int Every, int Rest);
}
