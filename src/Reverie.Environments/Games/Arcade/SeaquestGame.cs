namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// Seaquest: a submarine shoots fish and submarines, which gives 1 each, and takes divers aboard, six at most. It has to
/// come up for air with at least one of them: that costs a diver, or with six all of them, which then gives the tenths of
/// air that were left. It ends when anything but a diver meets it, without air, and at the surface without a diver.
/// </summary>
/// <remarks>
/// Enemies and divers come in from either side in rows 1 to 8; enemies not against those that are in the row. One of three
/// is a submarine, which shoots. Each time the submarine comes up enemies come sooner, and every other time they are faster.
/// The benchmark's program is left with −1 divers where all six are put ashore; here they are none, as its rules say.
/// </remarks>
internal sealed class SeaquestGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed) : ArcadeGame(settings, moves, seed)
{
    private const int Front = 0, Back = 1, OwnShot = 2, Trail = 3, TheirShot = 4, Fish = 5, Submarine = 6, Air = 7, Aboard = 8, Diver = 9;
    private const int Deepest = 8, MostAir = 200, MostDivers = 6, Reload = 5, ShotEvery = 10, DiverEvery = 30, DiverStride = 5;
    private const int FirstArrival = 20, FirstStride = 5, FastestStride = 2;

    private readonly List<Swimmer> fish = [], submarines = [], divers = [];
    private readonly List<Shot> own = [], theirs = [];
    private (int X, int Y) at;
    private int way, air, aboard, reload, arrivalEvery, untilArrival, untilDiver, stride;
    private bool isUp;

    /// <summary>What the vector has.</summary>
    public static IReadOnlyList<ArcadePlane> Things { get; } =
    [
        new("sub_front", 0x46A0FA), new("sub_back", 0x2C64A0), new("friendly_bullet", 0xFAF0E0), new("trail", 0x404858),
        new("enemy_bullet", 0xFA8C50), new("enemy_fish", 0xE04848), new("enemy_sub", 0xB030A0), new("oxygen_gauge", 0xB0D8F0),
        new("diver_gauge", 0xFAD23C), new("diver", 0xF0E060),
    ];

    /// <summary>Moves that do something: all.</summary>
    public static IReadOnlyList<ArcadeMove> Minimal { get; } = Enum.GetValues<ArcadeMove>();

    /// <inheritdoc/>
    public override IReadOnlyList<ArcadePlane> Planes => Things;

    protected override void Begin()
    {
        foreach (var all in new[] { fish, submarines, divers }) all.Clear();
        own.Clear();
        theirs.Clear();
        (at, way, air, aboard, reload, isUp) = ((5, 0), -1, MostAir, 0, 0, true);
        (arrivalEvery, untilArrival, untilDiver, stride) = (FirstArrival, FirstArrival, DiverEvery, FirstStride);
    }

    protected override int Play(ArcadeMove move)
    {
        if (untilArrival == 0)
        {
            EnemyArrives();
            untilArrival = arrivalEvery;
        }
        if (untilDiver == 0)
        {
            divers.Add(Arriving(Random.NextInt(2) == 0, 1 + Random.NextInt(Deepest)) with { Rest = DiverStride });
            untilDiver = DiverEvery;
        }
        Steer(move);
        var reward = OwnShotsMove();
        DiversMove();
        reward += EnemiesMove(submarines, shoot: true);
        TheirShotsMove();
        reward += EnemiesMove(fish, shoot: false);
        (untilArrival, untilDiver, reload) = (Less(untilArrival), Less(untilDiver), Less(reload));
        return reward + Breathe();
    }

    protected override void Show()
    {
        Put(Front, at.X, at.Y);
        Put(Back, at.X - way, at.Y);
        for (var x = 0; x < Tenths(); x++) Put(Air, x, Cells - 1);
        for (var x = 0; x < aboard; x++) Put(Aboard, Cells - 2 - x, Cells - 1);
        foreach (var shot in own) Put(OwnShot, shot.X, shot.Y);
        foreach (var shot in theirs) Put(TheirShot, shot.X, shot.Y);
        foreach (var (plane, all) in new[] { (Fish, fish), (Submarine, submarines), (Diver, divers) })
            foreach (var one in all)
            {
                Put(plane, one.X, one.Y);
                Put(Trail, one.X - one.Way, one.Y);
            }
    }

    private void Steer(ArcadeMove move)
    {
        switch (move)
        {
            case ArcadeMove.Fire when reload == 0:
                own.Add(new(at.X, at.Y, way));
                reload = Reload;
                break;
            case ArcadeMove.Left or ArcadeMove.Right:
                way = move == ArcadeMove.Left ? -1 : 1;
                at = (Within(at.X + way), at.Y);
                break;
            case ArcadeMove.Up or ArcadeMove.Down:
                at = (at.X, Within(at.Y + (move == ArcadeMove.Up ? -1 : 1), 0, Deepest));
                break;
        }
    }

    private int OwnShotsMove()
    {
        var reward = 0;
        for (var i = own.Count - 1; i >= 0; i--)
        {
            own[i] = own[i].Moved();
            var isHit = IsInside(own[i].X) && (TakeAt(fish, own[i]) || TakeAt(submarines, own[i]));
            if (isHit) reward++;
            if (isHit || !IsInside(own[i].X)) own.RemoveAt(i);
        }
        return reward;
    }

    private void DiversMove()
    {
        for (var i = divers.Count - 1; i >= 0; i--)
        {
            if (TakeAboard(i)) continue;
            if (divers[i].Rest > 0)
            {
                divers[i] = divers[i] with { Rest = divers[i].Rest - 1 };
                continue;
            }
            divers[i] = divers[i].Moved(DiverStride);
            if (!IsInside(divers[i].X)) divers.RemoveAt(i);
            else TakeAboard(i);
        }
    }

    private bool TakeAboard(int i)
    {
        if ((divers[i].X, divers[i].Y) != at || aboard == MostDivers) return false;
        divers.RemoveAt(i);
        aboard++;
        return true;
    }

    // One that leaves the field, or swims into a shot, may still shoot in that step.
    private int EnemiesMove(List<Swimmer> enemies, bool shoot)
    {
        var reward = 0;
        for (var i = enemies.Count - 1; i >= 0; i--)
        {
            var (one, isGone) = (enemies[i], false);
            IsOver |= (one.X, one.Y) == at;
            if (one.Rest > 0)
            {
                one = one with { Rest = one.Rest - 1 };
            }
            else
            {
                one = one.Moved(stride);
                isGone = !IsInside(one.X);
                if (!isGone && (one.X, one.Y) == at) IsOver = true;
                else if (!isGone && own.FindIndex(shot => (shot.X, shot.Y) == (one.X, one.Y)) is var met and >= 0)
                {
                    own.RemoveAt(met);
                    (isGone, reward) = (true, reward + 1);
                }
            }
            if (shoot && one.UntilShot == 0) theirs.Add(new(one.X, one.Y, one.Way));
            enemies[i] = one with { UntilShot = one.UntilShot == 0 ? ShotEvery : one.UntilShot - 1 };
            if (isGone) enemies.RemoveAt(i);
        }
        return reward;
    }

    private void TheirShotsMove()
    {
        for (var i = theirs.Count - 1; i >= 0; i--)
        {
            IsOver |= (theirs[i].X, theirs[i].Y) == at;
            theirs[i] = theirs[i].Moved();
            IsOver |= (theirs[i].X, theirs[i].Y) == at;
            if (!IsInside(theirs[i].X)) theirs.RemoveAt(i);
        }
    }

    private int Breathe()
    {
        IsOver |= air < 0;
        if (at.Y > 0)
        {
            (air, isUp) = (air - 1, false);
            return 0;
        }
        if (isUp) return 0;
        if (aboard == 0)
        {
            IsOver = true;
            return 0;
        }
        isUp = true;
        var reward = aboard == MostDivers ? Tenths() : 0;
        (aboard, air) = (aboard == MostDivers ? 0 : aboard - 1, MostAir);
        if (Ramps && (arrivalEvery > 1 || stride > FastestStride))
        {
            if (stride > FastestStride && Level % 2 == 1) stride--;
            if (arrivalEvery > 1) arrivalEvery--;
            Level++;
        }
        return reward;
    }

    private int Tenths() => Math.Max(0, air) * Cells / MostAir;

    private void EnemyArrives()
    {
        var (isFromLeft, isSubmarine, y) = (Random.NextInt(2) == 0, Random.NextInt(3) == 0, 1 + Random.NextInt(Deepest));
        var one = Arriving(isFromLeft, y) with { Rest = stride };
        if (fish.Concat(submarines).Any(other => other.Y == y && other.Way != one.Way)) return;
        (isSubmarine ? submarines : fish).Add(one);
    }

    private static Swimmer Arriving(bool isFromLeft, int y) => new(isFromLeft ? 0 : Cells - 1, y, isFromLeft ? 1 : -1, 0, ShotEvery);

    private static bool TakeAt(List<Swimmer> enemies, Shot shot)
    {
        var met = enemies.FindIndex(one => (one.X, one.Y) == (shot.X, shot.Y));
        if (met >= 0) enemies.RemoveAt(met);
        return met >= 0;
    }

    private static int Less(int timer) => Math.Max(0, timer - 1);

    private readonly record struct Shot(int X, int Y, int Way)
    {
        public Shot Moved() => this with { X = X + Way };
    }

    // Rest: steps until it moves. UntilShot: steps until a submarine shoots.
    private readonly record struct Swimmer(int X, int Y, int Way, int Rest, int UntilShot)
    {
        public Swimmer Moved(int rest) => this with { X = X + Way, Rest = rest };
    }
}
