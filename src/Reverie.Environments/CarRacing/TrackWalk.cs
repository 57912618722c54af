namespace Reverie.Environments.CarRacing;

/// <summary>
/// The walk that lays a road: round the origin from checkpoint to checkpoint, turning towards the next one by little.
/// The order of its arithmetic is the original's, so that tracks agree bit for bit.
/// </summary>
internal sealed class TrackWalk
{
    internal const double StartAlpha = 2 * Math.PI * -0.5 / Track.Checkpoints;

    private const double TurnRate = 0.31;
    private const int MostLaps = 4, Budget = 2500;

    private readonly (double Alpha, double X, double Y)[] checkpoints = new (double, double, double)[Track.Checkpoints];
    private readonly List<TrackPoint> points = [];
    private double x = 1.5 * Track.Radius, y, beta;
    private int target, laps;
    private bool otherSideSeen;

    private TrackWalk(ReadOnlySpan<double> draws)
    {
        for (var c = 0; c < checkpoints.Length; c++)
        {
            var (alpha, radius) = (2 * Math.PI * c / Track.Checkpoints + draws[2 * c], draws[2 * c + 1]);
            if (c == 0)
                (alpha, radius) = (0, 1.5 * Track.Radius);
            if (c == Track.Checkpoints - 1)
                (alpha, radius) = (2 * Math.PI * c / Track.Checkpoints, 1.5 * Track.Radius);
            checkpoints[c] = (alpha, radius * Math.Cos(alpha), radius * Math.Sin(alpha));
        }
    }

    /// <summary>Every point that the walk comes through, laps beyond the first included.</summary>
    /// <param name="draws">Displacement of the angle and radius of each checkpoint, (24).</param>
    internal static List<TrackPoint> Points(ReadOnlySpan<double> draws)
    {
        var walk = new TrackWalk(draws);
        for (var left = Budget; left > 0 && walk.laps <= MostLaps; left--)
            walk.Step();
        return walk.points;
    }

    private void Step()
    {
        var alpha = Math.Atan2(y, x);
        if (otherSideSeen && alpha > 0)
        {
            laps++;
            otherSideSeen = false;
        }
        if (alpha < 0)
        {
            otherSideSeen = true;
            alpha += 2 * Math.PI;
        }
        alpha = FindTarget(alpha);
        var (forwardX, forwardY) = (-Math.Sin(beta), Math.Cos(beta));
        var (_, targetX, targetY) = checkpoints[target % checkpoints.Length];
        var aside = Math.Cos(beta) * (targetX - x) + Math.Sin(beta) * (targetY - y);
        while (beta - alpha > 1.5 * Math.PI)
            beta -= 2 * Math.PI;
        while (beta - alpha < -1.5 * Math.PI)
            beta += 2 * Math.PI;
        var before = beta;
        aside *= Track.Scale;
        if (aside > 0.3)
            beta -= Math.Min(TurnRate, Math.Abs(0.001 * aside));
        if (aside < -0.3)
            beta += Math.Min(TurnRate, Math.Abs(0.001 * aside));
        // Trap: the place moves along the old heading, and the heading that is kept is the mean of old and new.
        x += forwardX * Track.DetailStep;
        y += forwardY * Track.DetailStep;
        points.Add(new TrackPoint(alpha, before * 0.5 + beta * 0.5, x, y));
    }

    // Beyond the last checkpoint no target is ahead until the angle is taken a turn back.
    private double FindTarget(double alpha)
    {
        while (alpha > checkpoints[target % checkpoints.Length].Alpha)
            if (++target % checkpoints.Length == 0)
                alpha -= 2 * Math.PI;
        return alpha;
    }
}
