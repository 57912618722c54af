namespace Reverie.Environments.Games;

/// <summary>
/// Take cover: monsters along the far wall of a room throw fireballs at where the player stands, who can only
/// side-step. Every step survived gives 1; the third hit ends the episode, and more monsters come as time passes.
/// </summary>
/// <remarks>
/// Made in the spirit of the second experiment of World Models (Ha and Schmidhuber 2018), whose task is DoomTakeCover:
/// its action, its held random actions, its limit of 2100 steps, the scale of its survival times. It is not Doom: no
/// engine, no textures, one room drawn with some lines of perspective, a player with three lives that a bar shows, and
/// rules of its own. Scores of one say nothing about the other.
/// </remarks>
public sealed class TakeCoverGame : IEnvironment, IPictureSource
{
    /// <summary>Steps after which a limit ends the episode (Wc, for Doom).</summary>
    public const int EpisodeSteps = 2100;

    /// <summary>Hits that end the episode.</summary>
    public const int Lives = 3;

    /// <summary>Half the width of the room; the player's place is in ±this.</summary>
    public const double HalfWidth = 1;

    // Chosen so that held random actions survive 210 ± 108 steps or so, as is reported of Doom.
    private const double Stride = 0.04, Reach = 0.13, Approach = 1 / 24.0, Spread = 0.05, Threshold = 1 / 3.0;
    private const int FirstMonsters = 2, MostMonsters = 7, MonsterEvery = 250, ShortestReload = 20, LongestReload = 49;
    private const int BallsSeen = 4, Numbers = 2 + 2 * BallsSeen;

    /// <summary>What the vector observation is made of, in order.</summary>
    internal static readonly ObservationEntry[] Observations =
        [new("place", 1), new("lives", 1), new("fireballs", 2 * BallsSeen)];

    /// <summary>Its bounds.</summary>
    internal static readonly BoxSpace Vector = BoxSpace.Uniform(Numbers, -3, 3);

    /// <summary>One number: below −1/3 is a step to the left, above 1/3 one to the right (W App. A.5).</summary>
    internal static readonly BoxSpace Move = BoxSpace.Uniform(1, -1, 1);

    private readonly List<Monster> monsters = [];
    private readonly List<Fireball> balls = [];
    private RandomSource random;
    private double place;
    private int lives, steps;

    /// <summary>Makes the game; same seed, same episodes.</summary>
    public TakeCoverGame(int seed = 0) => random = RandomSource.Derive((ulong)seed);

    /// <summary>Place in the room; lives left, 0 to 1; of the four nearest fireballs how far beside the player they
    /// will arrive, and their depth, 1 at the far wall and 0 at the player; (0, 1) where there is none.</summary>
    public Space ObservationSpace => Vector;

    /// <inheritdoc/>
    public Space ActionSpace => Move;

    /// <inheritdoc/>
    public ImageSpace Picture { get; } = new();

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = RandomSource.Derive((ulong)given);
        (place, lives, steps) = (0, Lives, 0);
        monsters.Clear();
        balls.Clear();
        while (monsters.Count < FirstMonsters) Appear();
        return Row(0) with { IsFirst = true };
    }

    /// <inheritdoc/>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        if (Math.Abs(action[0]) > Threshold)
            place = Math.Clamp(place + Math.Sign(action[0]) * Stride, -HalfWidth, HalfWidth);
        if (++steps % MonsterEvery == 0 && monsters.Count < MostMonsters) Appear();
        for (var i = 0; i < monsters.Count; i++) monsters[i] = Throw(monsters[i]);
        for (var i = balls.Count - 1; i >= 0; i--)
        {
            balls[i] = balls[i] with { Depth = balls[i].Depth - Approach };
            if (balls[i].Depth > 0) continue;
            if (Math.Abs(balls[i].Target - place) < Reach) lives--;
            balls.RemoveAt(i);
        }
        var over = lives <= 0;
        return Row(over ? 0 : 1) with { IsLast = over, IsTerminal = over };
    }

    /// <summary>The room from the player's eyes, lives as a bar along its lower edge.</summary>
    public byte[] Draw() => RoomPainter.Paint(Picture, place, lives / (double)Lives,
        monsters.Select(monster => monster.Place), balls.Select(ball => (ball.Across, ball.Depth)));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Appear() => monsters.Add(new(random.NextDouble(-HalfWidth, HalfWidth), Reload()));

    private int Reload() => ShortestReload + random.NextInt(LongestReload - ShortestReload + 1);

    private Monster Throw(Monster monster)
    {
        if (monster.Reload > 1) return monster with { Reload = monster.Reload - 1 };
        balls.Add(new(monster.Place, place + Spread * random.NextGaussian(), 1));
        return monster with { Reload = Reload() };
    }

    private TimeStep Row(double reward)
    {
        var vector = new float[Numbers];
        (vector[0], vector[1]) = ((float)place, lives / (float)Lives);
        var nearest = balls.OrderBy(ball => ball.Depth).Take(BallsSeen).ToArray();
        for (var i = 0; i < BallsSeen; i++)
        {
            var seen = i < nearest.Length;
            vector[2 + 2 * i] = seen ? (float)Math.Clamp(nearest[i].Target - place, -3, 3) : 0;
            vector[3 + 2 * i] = seen ? (float)nearest[i].Depth : 1;
        }
        return new TimeStep { Image = [], Vector = vector, Reward = reward };
    }

    private readonly record struct Monster(double Place, int Reload);

    /// <summary>Flies on a straight line from where it was thrown to where the player stood.</summary>
    private readonly record struct Fireball(double From, double Target, double Depth)
    {
        public double Across => Target + (From - Target) * Depth;
    }
}
