using Reverie.Environments.Box2D;

namespace Reverie.Environments.CarRacing;

/// <summary>Field, road and car, in the order in which they cover each other.</summary>
internal sealed class Scene
{
    private const double Patch = Track.Playfield / 20;
    private const double StripeAngle = 1.2;

    private static readonly double[] Field = Box(-Track.Playfield, -Track.Playfield, Track.Playfield, Track.Playfield);
    private static readonly double[][] Patches = [.. GrassPatches()];
    private static readonly double[][] Hull = [.. Car.HullOutlines.Select(Scaled)];
    private static readonly double[] Wheel = Scaled(Car.WheelOutline);

    private RoadShape? road;

    /// <summary>Draws a race.</summary>
    /// <param name="race">As it stands.</param>
    /// <param name="toPixels">From metres to pixels.</param>
    /// <param name="picture">What is drawn into.</param>
    internal void Draw(Race race, in Affine toPixels, Rasteriser picture)
    {
        picture.Clear(Paint.Black);
        picture.Fill(Field, toPixels, Paint.Field);
        foreach (var patch in Patches)
            picture.Fill(patch, toPixels, Paint.Grass);
        DrawRoad(race, toPixels, picture);
        for (var i = 0; i < race.Car.Wheels.Count; i++)
            DrawWheel(race.Car.Wheels[i], toPixels, picture);
        var hullToPixels = toPixels.After(ToWorld(race.Car.Pose));
        foreach (var outline in Hull)
            picture.Fill(outline, hullToPixels, Paint.Hull);
    }

    private void DrawRoad(Race race, in Affine toPixels, Rasteriser picture)
    {
        if (road?.Track != race.Track)
            road = new RoadShape(race.Track);
        for (var i = 0; i < road.Tiles.Length; i++)
        {
            picture.Fill(road.Tiles[i], toPixels, race.Tiles.IsTouched(i) ? Paint.Road : Paint.Road + (byte)(i % 3));
            if (road.Strips[i] is { } strip)
                picture.Fill(strip, toPixels, i % 2 == 0 ? Paint.White : Paint.Red);
        }
    }

    private static void DrawWheel(Wheel wheel, in Affine toPixels, Rasteriser picture)
    {
        var wheelToPixels = toPixels.After(ToWorld(wheel.Pose));
        picture.Fill(Wheel, wheelToPixels, Paint.Black);
        var (sine, otherSine) = (Math.Sin(wheel.Phase), Math.Sin(wheel.Phase + StripeAngle));
        if (sine > 0 && otherSine > 0)
            return;    // below, on the ground
        var from = End(Math.Cos(wheel.Phase), sine);
        var to = End(Math.Cos(wheel.Phase + StripeAngle), otherSine);
        const double aside = CarRacing.Wheel.HalfBreadth;
        Span<double> stripe = [-aside, from, aside, from, aside, to, -aside, to];
        picture.Fill(stripe, wheelToPixels, Paint.Stripe);
    }

    // A stripe that goes round the edge of the wheel is seen up to the edge.
    private static double End(double cosine, double sine) =>
        CarRacing.Wheel.HalfLength * (sine > 0 ? Math.Sign(cosine) : cosine);

    private static Affine ToWorld(Pose pose) => new(pose.RightX, pose.UpX, pose.RightY, pose.UpY, pose.X, pose.Y);

    private static IEnumerable<double[]> GrassPatches()
    {
        for (var x = -20; x < 20; x += 2)
            for (var y = -20; y < 20; y += 2)
                yield return Box(Patch * x, Patch * y, Patch * x + Patch, Patch * y + Patch);
    }

    private static double[] Box(double left, double bottom, double right, double top) =>
        [left, bottom, right, bottom, right, top, left, top];

    private static double[] Scaled(int[] outline) => Array.ConvertAll(outline, x => x * Car.Size);
}
