using System.Text.Json;

namespace Reverie.Environments.ControlSuite;

/// <summary>How a recording describes the starts of many episodes.</summary>
internal sealed record RecordedDistribution
{
    public required int Resets { get; init; }

    public required double[] QuantileLevels { get; init; }

    public required Columns Qpos { get; init; }

    public required Columns Qvel { get; init; }

    public Columns? ModelValues { get; init; }

    /// <summary>All coordinates: positions, velocities, model values.</summary>
    internal IEnumerable<Coordinate> Coordinates() =>
        Qpos.Coordinates().Concat(Qvel.Coordinates()).Concat(ModelValues?.Coordinates() ?? []);

    /// <summary>Throws where it is not whole.</summary>
    internal void Check(int nq, int nv)
    {
        if (Resets < 2 || QuantileLevels.Length == 0 || QuantileLevels.Any(level => level is not (>= 0 and <= 1)))
            throw new JsonException("initial_distribution needs resets above 1 and quantile_levels from 0 to 1");
        var columns = (Columns?[])[Qpos, Qvel, ModelValues];
        if (Qpos.Mean.Length != nq || Qvel.Mean.Length != nv
            || columns.Any(part => part is not null && !part.HasRows(QuantileLevels.Length)))
            throw new JsonException("mean, std and quantiles of initial_distribution are not as long as they should be");
    }

    /// <summary>The numbers of several coordinates; quantiles have one row per level.</summary>
    internal sealed record Columns
    {
        public required double[] Mean { get; init; }

        public required double[] Std { get; init; }

        public required double[][] Quantiles { get; init; }

        internal bool HasRows(int levels) => Std.Length == Mean.Length && Quantiles.Length == levels
            && Quantiles.All(row => row is not null && row.Length == Mean.Length);

        internal IEnumerable<Coordinate> Coordinates() => Enumerable.Range(0, Mean.Length)
            .Select(i => new Coordinate(Mean[i], Std[i], [.. Quantiles.Select(row => row[i])]));
    }

    /// <summary>The numbers of one coordinate.</summary>
    internal sealed record Coordinate(double Mean, double Std, double[] Quantiles);
}
