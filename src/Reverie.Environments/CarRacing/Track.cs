namespace Reverie.Environments.CarRacing;

/// <summary>A closed road round the origin, counter-clockwise. Lengths are Box2D's metres.</summary>
public sealed class Track
{
    /// <summary>Draws of one attempt at a track: angle and radius of each checkpoint.</summary>
    public const int DrawsPerAttempt = 2 * Checkpoints;

    internal const int Checkpoints = 12;
    internal const double Scale = 6, Radius = 900 / Scale, DetailStep = 21 / Scale;

    /// <summary>Half the width of the road.</summary>
    internal const double HalfWidth = 40 / Scale;

    /// <summary>Width of the red and white strip along hard bends.</summary>
    internal const double BorderWidth = 8 / Scale;

    /// <summary>Half a side of the field.</summary>
    internal const double Playfield = 2000 / Scale;

    private const double HardBend = 0.31 * 0.2;
    private const int BorderLength = 4;

    private Track(TrackPoint[] points) => (Points, Borders) = (points, BordersOf(points));

    /// <summary>The middle of the road; as many as there are tiles.</summary>
    public IReadOnlyList<TrackPoint> Points { get; }

    /// <summary>Where a strip marks the outer side of a bend.</summary>
    public IReadOnlyList<bool> Borders { get; }

    /// <summary>Draws tracks until one closes: 19 in 20 do at once.</summary>
    /// <param name="random">Numbers in [0, 1), 24 for each attempt.</param>
    public static Track Draw(IUniformSource random) => Draw(random, out _);

    /// <summary>Draws tracks until one closes.</summary>
    /// <param name="random">Numbers in [0, 1), 24 for each attempt.</param>
    /// <param name="attempts">How many it took.</param>
    public static Track Draw(IUniformSource random, out int attempts)
    {
        Span<double> draws = stackalloc double[DrawsPerAttempt];
        for (attempts = 1; ; attempts++)
        {
            // All are drawn, also those of the two checkpoints that stand fast.
            for (var c = 0; c < Checkpoints; c++)
            {
                draws[2 * c] = DrawAngle(random);
                draws[2 * c + 1] = DrawRadius(random);
            }
            if (FromDraws(draws) is { } track)
                return track;
        }
    }

    /// <summary>What a checkpoint's angle is displaced by, radians.</summary>
    internal static double DrawAngle(IUniformSource random) => random.Next(0, 2 * Math.PI / Checkpoints);

    /// <summary>A checkpoint's distance from the origin.</summary>
    internal static double DrawRadius(IUniformSource random) => random.Next(Radius / 3, Radius);

    /// <summary>The track that one attempt's draws give, or null where it does not close.</summary>
    /// <param name="draws">For each of 12 checkpoints what its angle is displaced by, and its radius.</param>
    /// <exception cref="ArgumentException">There are not 24.</exception>
    public static Track? FromDraws(ReadOnlySpan<double> draws)
    {
        if (draws.Length != DrawsPerAttempt)
            throw new ArgumentException($"a track takes {DrawsPerAttempt} draws, not {draws.Length}", nameof(draws));
        var walked = TrackWalk.Points(draws);
        var last = Crossing(walked, walked.Count);
        var first = last < 0 ? -1 : Crossing(walked, last);
        // Trap: the slice ends before last − 1.
        if (first < 0 || last - 1 <= first)
            return null;
        TrackPoint[] points = [.. walked[first..(last - 1)]];
        return Closes(points) ? new Track(points) : null;
    }

    // The last place before `end` at which the walk comes over the start angle; −1 where there is none.
    private static int Crossing(List<TrackPoint> points, int end)
    {
        for (var i = end - 1; i > 0; i--)
            if (points[i].Alpha > TrackWalk.StartAlpha && points[i - 1].Alpha <= TrackWalk.StartAlpha)
                return i;
        return -1;
    }

    private static bool Closes(TrackPoint[] points)
    {
        var across = Math.Cos(points[0].Beta) * (points[0].X - points[^1].X);
        var along = Math.Sin(points[0].Beta) * (points[0].Y - points[^1].Y);
        return Math.Sqrt(across * across + along * along) <= DetailStep;
    }

    // Trap: headings are compared as they stand, the jump by 2π included, and flags spread in place as i goes up.
    private static bool[] BordersOf(TrackPoint[] points)
    {
        var count = points.Length;
        var borders = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var (hard, sides) = (true, 0);
            for (var k = 0; k < BorderLength; k++)
            {
                var bend = points[Before(i, k)].Beta - points[Before(i, k + 1)].Beta;
                hard &= Math.Abs(bend) > HardBend;
                sides += Math.Sign(bend);
            }
            borders[i] = hard && Math.Abs(sides) == BorderLength;
        }
        for (var i = 0; i < count; i++)
            for (var k = 0; borders[i] && k < BorderLength; k++)
                borders[Before(i, k)] = true;
        return borders;

        int Before(int i, int k) => ((i - k) % count + count) % count;
    }
}
