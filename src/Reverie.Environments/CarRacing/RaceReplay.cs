using System.Text.Json;

namespace Reverie.Environments.CarRacing;

/// <summary>Replays recordings of the original car racing and measures how far this one is from them.</summary>
public sealed class RaceReplay
{
    private readonly ErrorMeter draws = new(), road = new(), state = new(), force = new(), reward = new(),
        tiles = new();
    private readonly PictureComparison pictures;
    private readonly string path;
    private int? firstDifference;

    private RaceReplay(string path) => (this.path, pictures) = (path, new PictureComparison(path));

    private ErrorMeter[] Meters => [draws, road, state, force, reward, tiles];

    /// <summary>Whether a file looks like one of these: a track, a race or a list of seeds.</summary>
    public static bool Reads(string path) => KindOf(path) is not null;

    /// <summary>Replays one file.</summary>
    /// <exception cref="ReverieException">It cannot be read, or Box2D is not there.</exception>
    public static RaceReplayResult Run(string path)
    {
        var replay = new RaceReplay(path);
        return KindOf(path) switch
        {
            "track" => replay.CompareTrack(TrackFile.Read(path)),
            "seeds" => replay.CompareSeeds(SeedFile.Read(path)),
            _ => replay.CompareRace(RaceFile.Read(path)),
        };
    }

    private static string? KindOf(string path) => RecordedJson.Look(path, root => root.ValueKind switch
    {
        JsonValueKind.Array => "seeds",
        JsonValueKind.Object when root.TryGetProperty("noise", out _) => "track",
        JsonValueKind.Object when root.TryGetProperty("track", out _) => "race",
        _ => null,
    });

    private RaceReplayResult CompareTrack(TrackFile file)
    {
        if (file.Lay(out var attempts) is not { } track)
            throw new DataException($"cannot replay {path}: none of its {file.Noise.Length} attempts closes");
        Compare(road, [attempts, track.Points.Count], [file.Noise.Length, file.Points.Length], 0);
        for (var i = 0; i < Math.Min(track.Points.Count, file.Points.Length); i++)
        {
            Compare(road, Row(track.Points[i]), file.Points[i], i);
            if (file.Border.Length > 0)
                Compare(road, [track.Borders[i] ? 1 : 0], [file.Border[i]], i);
        }
        using var race = new Race(track);
        for (var i = 0; i < Math.Min(file.TileVertices.Length, race.Tiles.Count); i++)
            Compare(road, Widen(race.Tiles.Corners(i)), Single(file.TileVertices[i].SelectMany(corner => corner)), i);
        if (file.Masses is { } masses)
        {
            Compare(state, Row(race.Car.Mass), Single(masses.Hull), 0);
            foreach (var wheel in race.Car.Wheels)
                Compare(state, Row(wheel.Mass), Single(masses.Wheel), 0);
        }
        return Result("track", file.Points.Length);
    }

    private RaceReplayResult CompareSeeds(SeedFile[] seeds)
    {
        for (var i = 0; i < seeds.Length; i++)
        {
            if (seeds[i].V3 is { } gymnasium)
                CompareSeed(gymnasium, () => new Pcg64(seeds[i].Seed), i);
            if (seeds[i].V0 is { } gym)
                CompareSeed(gym, () => new MersenneTwister(seeds[i].Seed), i);
        }
        return Result("seeds", seeds.Length);
    }

    private void CompareSeed(SeedFile.Outcome outcome, Func<IUniformSource> random, int row)
    {
        var source = random();
        for (var k = 0; k < outcome.FirstDraws.Length; k++)
            Compare(draws, [k % 2 == 0 ? Track.DrawAngle(source) : Track.DrawRadius(source)], [outcome.FirstDraws[k]],
                row);
        var track = Track.Draw(random(), out var attempts);
        Compare(road, [attempts, track.Points.Count], [outcome.Attempts, outcome.Tiles], row);
        if (outcome.Borders is { } borders)
            Compare(road, [track.Borders.Count(border => border)], [borders], row);
        Compare(road, Row(track.Points[0]), outcome.FirstPoint, row);
        Compare(road, Row(track.Points[^1]), outcome.LastPoint, row);
        if (outcome.VisitedAtStart is null)
            return;
        using var race = new Race(track);
        CompareTiles(race.Tiles.Fresh, outcome.VisitedAtStart, row);
    }

    private RaceReplayResult CompareRace(RaceFile file)
    {
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", file.Track);
        var track = TrackFile.Read(beside).Lay(out _) ?? throw new DataException(
            $"cannot replay {path}: no attempt of its track {beside} closes");
        using var race = new Race(track);
        CompareStart(race, file.Start);
        ComparePictures(race, 0);
        int? over = null;
        for (var step = 0; step < file.Actions.Length; step++)
        {
            var action = file.Actions[step];
            Compare(reward, [race.Step(action[0], action[1], action[2])], [file.After.Reward[step]], step);
            CompareStep(race, file.After, step);
            ComparePictures(race, step + 1);
            over ??= race.IsOver ? step : null;
        }
        if (file.FirstTrue is { } ends)
            foreach (var end in new[] { ends.TerminatedV3, ends.DoneV0 })
                Compare(tiles, [over ?? -1], [end ?? -1], Math.Min(over ?? int.MaxValue, end ?? int.MaxValue));
        return Result("race", file.Actions.Length);
    }

    private void CompareStart(Race race, RaceFile.StartRow start)
    {
        Compare(state, HullRow(race), Single(start.Hull), 0);
        CompareWheels(race, start.Omega, start.Joint, start.Tiles, start.Wheel, 0);
        Compare(reward, [race.Pending], [start.PendingReward], 0);
        Compare(tiles, [race.Tiles.Visited], [start.Visited], 0);
        CompareTiles(race.Tiles.Fresh, start.Fresh, 0);
    }

    private void CompareStep(Race race, RaceFile.Columns after, int step)
    {
        var wheels = race.Car.Wheels;
        Compare(state, HullRow(race), Single(after.Hull[step]), step);
        CompareWheels(race, after.Omega[step], after.Joint[step], after.Tiles[step], after.Wheel[step], step);
        for (var i = 0; i < wheels.Count; i++)
        {
            Compare(state, [wheels[i].Phase, wheels[i].Brake], [after.Phase[step][i], after.Brake[step]], step);
            Compare(state, [wheels[i].Gas], [i < 2 ? 0 : after.Gas[step]], step);
            Compare(force, [wheels[i].Force.X, wheels[i].Force.Y], Single(after.Force[step][i]), step);
        }
        Compare(tiles, [race.Tiles.Visited], [after.Visited[step]], step);
        CompareTiles(race.Tiles.Fresh, after.Fresh[step], step);
    }

    private void ComparePictures(Race race, int actions)
    {
        if (!pictures.Compare(race, actions))
            firstDifference ??= Math.Max(0, actions - 1);
    }

    private void CompareWheels(Race race, double[] omega, double[] joint, double[] touched, double[][] poses, int step)
    {
        for (var i = 0; i < race.Car.Wheels.Count; i++)
        {
            var wheel = race.Car.Wheels[i];
            var pose = wheel.Pose;
            Compare(state, [pose.X, pose.Y, pose.Angle], Single(poses[i]), step);
            Compare(state, [wheel.JointAngle], Single([joint[i]]), step);
            Compare(state, [wheel.Omega], [omega[i]], step);
            Compare(tiles, [wheel.TilesTouched], [touched[i]], step);
        }
    }

    // Which came first in one step is not recorded.
    private void CompareTiles(IReadOnlyList<int> found, int[] expected, int row)
    {
        Compare(tiles, [found.Count], [expected.Length], row);
        foreach (var (ours, theirs) in found.Order().Zip(expected.Order()))
            Compare(tiles, [ours], [theirs], row);
    }

    private void Compare(ErrorMeter meter, ReadOnlySpan<double> found, ReadOnlySpan<double> expected, int row)
    {
        meter.Compare(found, expected, tolerance: 0);
        if (!found.SequenceEqual(expected) && !(firstDifference <= row))
            firstDifference = row;
    }

    private RaceReplayResult Result(string what, int rows) => new(path, what, rows, draws.Largest, road.Largest,
        state.Largest, force.Largest, reward.Largest, tiles.Largest, pictures.Mean, pictures.Count,
        firstDifference, pictures.Ok && Meters.All(meter => meter.Ok));

    private static double[] Row(TrackPoint point) => [point.Alpha, point.Beta, point.X, point.Y];

    private static double[] Row(Box2D.Mass mass) => [mass.Total, mass.Inertia, mass.CentreX, mass.CentreY];

    private static double[] HullRow(Race race)
    {
        var pose = race.Car.Pose;
        return [pose.X, pose.Y, pose.Angle, pose.VelocityX, pose.VelocityY, pose.AngularVelocity];
    }

    // Recorded in the shortest form that gives the same float.
    private static double[] Single(IEnumerable<double> recorded) => [.. recorded.Select(x => (double)(float)x)];

    private static double[] Widen(float[] numbers) => Array.ConvertAll(numbers, x => (double)x);
}
