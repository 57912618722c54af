namespace Reverie.Environments.CarRacing;

/// <summary>A track's quads as they are drawn: x and y of four corners each.</summary>
internal sealed class RoadShape
{
    internal RoadShape(Track track)
    {
        Track = track;
        var count = track.Points.Count;
        (Tiles, Strips) = (new double[count][], new double[]?[count]);
        for (var i = 0; i < count; i++)
        {
            var (here, before) = (track.Points[i], track.Points[i == 0 ? count - 1 : i - 1]);
            Tiles[i] = Quad(here, before, -Track.HalfWidth, Track.HalfWidth);
            if (!track.Borders[i])
                continue;
            var side = Math.Sign(before.Beta - here.Beta);    // the outer one of the bend
            Strips[i] = Quad(here, before, side * Track.HalfWidth, side * (Track.HalfWidth + Track.BorderWidth));
        }
    }

    internal Track Track { get; }

    internal double[][] Tiles { get; }

    /// <summary>Pieces of the red and white strips; null where there is none.</summary>
    internal double[]?[] Strips { get; }

    private static double[] Quad(TrackPoint here, TrackPoint before, double near, double far)
    {
        var (a, b, c, d) = (here.Across(near), here.Across(far), before.Across(far), before.Across(near));
        return [a.X, a.Y, b.X, b.Y, c.X, c.Y, d.X, d.Y];
    }
}
