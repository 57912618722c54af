namespace Reverie.Cli.Dashboard.Runs;

/// <summary>A part of a horizontal axis.</summary>
/// <param name="Axis">Place in <see cref="MetricLine.AxisNames"/>.</param>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
internal sealed record AxisRange(int Axis, double From, double To)
{
    /// <summary>Where a line stands on the axis.</summary>
    public double Of(MetricLine line) => line.Axes[Axis];

    /// <summary>Reads what a request says; null where it names no axis.</summary>
    /// <exception cref="ReverieException">There is no such axis.</exception>
    public static AxisRange? Parse(string? axis, double? from, double? to)
    {
        if (axis is null)
            return null;
        var place = Array.IndexOf(MetricLine.AxisNames, axis);
        var (least, most) = (from ?? double.NegativeInfinity, to ?? double.PositiveInfinity);
        if (!(least <= most)) throw new ReverieException($"axis {axis}: there is nothing from {least} to {most}");
        return place >= 0
            ? new(place, least, most)
            : throw new ReverieException($"axis {axis}: it is one of {string.Join(", ", MetricLine.AxisNames)}");
    }
}
