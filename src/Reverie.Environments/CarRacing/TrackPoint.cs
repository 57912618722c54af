namespace Reverie.Environments.CarRacing;

/// <summary>A point of the middle of the road.</summary>
/// <param name="Alpha">Angle seen from the origin, of the point before it.</param>
/// <param name="Beta">Heading: the road runs along (−sin β, cos β). Never brought into a range; it jumps by 2π where α
/// does.</param>
/// <param name="X">Place.</param>
/// <param name="Y">Place.</param>
public readonly record struct TrackPoint(double Alpha, double Beta, double X, double Y)
{
    /// <summary>The place that far to the right of the point, as the road runs.</summary>
    public (double X, double Y) Across(double distance) =>
        (X + distance * Math.Cos(Beta), Y + distance * Math.Sin(Beta));
}
