using System.Numerics;

namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// Space Invaders: a cannon in the bottom row shoots at aliens that march to and fro, and down a row at each edge. Each
/// that is hit gives 1. It ends when an alien or one of its shots comes to the cannon, or aliens in the bottom row turn.
/// </summary>
/// <remarks>
/// The fewer aliens are left the faster they march, and each new wave is a little faster than the one before. Of the
/// aliens the lowest of the nearest column shoots, the left one of two that are as near. Rows are sets of ten bits.
/// </remarks>
internal sealed class SpaceInvadersGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed)
    : ArcadeGame(settings, moves, seed)
{
    private const int Cannon = 0, Alien = 1, ToLeft = 2, ToRight = 3, OwnShot = 4, TheirShot = 5;
    private const int Bottom = Cells - 1, Wave = 0b_0011111100, WaveRows = 4, Reload = 5, ShotEvery = 10, SlowestMarch = 12, FastestWave = 6;

    private readonly int[] aliens = new int[Cells], own = new int[Cells], theirs = new int[Cells];
    private int cannon, way, marchEvery, untilMarch, untilShot, reload;

    /// <summary>What the vector has.</summary>
    public static IReadOnlyList<ArcadePlane> Things { get; } =
    [
        new("cannon", 0x46A0FA), new("alien", 0x78D060), new("alien_left", 0x78D060), new("alien_right", 0x78D060),
        new("friendly_bullet", 0xFAF0E0), new("enemy_bullet", 0xE04848),
    ];

    /// <summary>Moves that do something.</summary>
    public static IReadOnlyList<ArcadeMove> Minimal { get; } =
        [ArcadeMove.Stay, ArcadeMove.Left, ArcadeMove.Right, ArcadeMove.Fire];

    /// <inheritdoc/>
    public override IReadOnlyList<ArcadePlane> Planes => Things;

    private int Left => aliens.Sum(row => BitOperations.PopCount((uint)row));

    protected override void Begin()
    {
        foreach (var rows in new[] { aliens, own, theirs }) Array.Clear(rows);
        (cannon, way, reload) = (5, -1, 0);
        (marchEvery, untilMarch, untilShot) = (SlowestMarch, SlowestMarch, ShotEvery);
        SendWave();
    }

    protected override int Play(ArcadeMove move)
    {
        if (move == ArcadeMove.Fire && reload == 0)
        {
            own[Bottom] |= 1 << cannon;
            reload = Reload;
        }
        if (move == ArcadeMove.Left) cannon = Within(cannon - 1);
        if (move == ArcadeMove.Right) cannon = Within(cannon + 1);

        Array.Copy(own, 1, own, 0, Bottom);
        own[Bottom] = 0;
        Array.Copy(theirs, 0, theirs, 1, Bottom);
        theirs[0] = 0;
        IsOver |= IsAt(theirs, Bottom, cannon) || IsAt(aliens, Bottom, cannon);
        if (untilMarch == 0) March();
        if (untilShot == 0) Shoot();
        var reward = 0;
        for (var row = 0; row < Cells; row++)
        {
            var hit = aliens[row] & own[row];
            reward += BitOperations.PopCount((uint)hit);
            aliens[row] &= ~hit;
            own[row] &= ~hit;
        }
        if (reload > 0) reload--;
        untilMarch--;
        untilShot--;
        if (Left == 0)
        {
            if (Ramps && marchEvery > FastestWave) (marchEvery, Level) = (marchEvery - 1, Level + 1);
            SendWave();
        }
        return reward;
    }

    protected override void Show()
    {
        Put(Cannon, cannon, Bottom);
        for (var y = 0; y < Cells; y++)
            for (var x = 0; x < Cells; x++)
            {
                if (IsAt(aliens, y, x))
                {
                    Put(Alien, x, y);
                    Put(way < 0 ? ToLeft : ToRight, x, y);
                }
                if (IsAt(own, y, x)) Put(OwnShot, x, y);
                if (IsAt(theirs, y, x)) Put(TheirShot, x, y);
            }
    }

    private void March()
    {
        untilMarch = Math.Min(Left, marchEvery);
        var edge = way < 0 ? 0 : Cells - 1;
        if (aliens.Any(row => (row >> edge & 1) == 1))
        {
            way = -way;
            IsOver |= aliens[Bottom] != 0;
            var lowest = aliens[Bottom];
            Array.Copy(aliens, 0, aliens, 1, Bottom);
            aliens[0] = lowest;
        }
        else
        {
            for (var row = 0; row < Cells; row++) aliens[row] = way < 0 ? aliens[row] >> 1 : aliens[row] << 1;
        }
        IsOver |= IsAt(aliens, Bottom, cannon);
    }

    private void Shoot()
    {
        untilShot = ShotEvery;
        var columns = Enumerable.Range(0, Cells).Where(x => aliens.Any(row => (row >> x & 1) == 1));
        var nearest = columns.MinBy(x => Math.Abs(x - cannon));
        theirs[Array.FindLastIndex(aliens, row => (row >> nearest & 1) == 1)] |= 1 << nearest;
    }

    private void SendWave()
    {
        for (var row = 0; row < WaveRows; row++) aliens[row] = Wave;
    }

    private static bool IsAt(int[] rows, int y, int x) => (rows[y] >> x & 1) == 1;
}
