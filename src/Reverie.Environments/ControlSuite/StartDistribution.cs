namespace Reverie.Environments.ControlSuite;

/// <summary>
/// Compares the starts of our episodes with a recording's: each coordinate by its Kolmogorov–Smirnov statistic at the
/// recorded quantiles, its mean and its standard deviation.
/// </summary>
/// <remarks>
/// The statistic is max |F(q_p) − p|, F being our share of starts up to the recorded quantile q_p. On its own it
/// overlooks a range that is a fifth too small; mean and deviation do not.
/// </remarks>
internal static class StartDistribution
{
    private const int Resets = 1000;
    private const int Seed = 1;
    private const double FalseAlarm = 1e-4;    // of a recording whose starts are right, all coordinates together
    private const double Rounding = 1e-12;     // relative to numbers above 1
    private const double FlattestExcess = 0.1;    // of the kurtosis above 1, that of two values as likely

    /// <summary>The largest statistic of a recording, divided by what chance would hardly exceed: up to 1 is ok.</summary>
    /// <returns>Null where the recording does not tell of starts.</returns>
    /// <exception cref="ReverieException">The recording describes other coordinates than the task has.</exception>
    internal static double? Ratio(ReferenceFile file) =>
        file.InitialDistribution is { } recorded ? Ratio(recorded, Draw(file, Resets)) : null;

    /// <summary>Positions, velocities and model values after each of many resets, (resets, coordinates).</summary>
    internal static double[][] Draw(ReferenceFile file, int resets)
    {
        using var task = ControlSuiteTasks.Make(file.Task, Seed);    // with a model that no recording has changed
        var values = new ModelValues(task.Physics, file.ModelValues);
        var starts = new double[resets][];
        for (var i = 0; i < resets; i++)
        {
            task.Reset();
            starts[i] = [.. task.Physics.Qpos, .. task.Physics.Qvel, .. values.Get()];
        }
        return starts;
    }

    /// <summary>The same for starts that were drawn already.</summary>
    internal static double Ratio(RecordedDistribution recorded, double[][] starts)
    {
        RecordedDistribution.Coordinate[] coordinates = [.. recorded.Coordinates()];
        if (coordinates.Length != starts[0].Length)
            throw new DataException($"initial_distribution has {coordinates.Length} coordinates there " +
                $"and {starts[0].Length} in the task");
        var tests = 3 * coordinates.Count(coordinate => !IsConstant(coordinate));
        var limit = Math.Log(2 * tests / FalseAlarm);
        var spread = Math.Sqrt(1.0 / recorded.Resets + 1.0 / starts.Length);
        return coordinates.Select((coordinate, i) =>
        {
            double[] ours = [.. starts.Select(start => start[i])];
            return IsConstant(coordinate) ? ours.Max(x => Away(x, coordinate.Mean))
                : Math.Max(Distance(coordinate.Quantiles, recorded.QuantileLevels, ours) / Math.Sqrt(limit / 2),
                    Moments(coordinate, ours) / Math.Sqrt(2 * limit)) / spread;
        }).Max();
    }

    private static bool IsConstant(RecordedDistribution.Coordinate coordinate) =>
        coordinate.Std <= Rounding * Math.Max(1, Math.Abs(coordinate.Mean));

    private static double Away(double x, double constant) =>
        Math.Abs(x - constant) / (Rounding * Math.Max(1, Math.Abs(constant)));

    // Where many starts are the same number, p may lie anywhere between the shares below it and up to it.
    private static double Distance(double[] quantiles, double[] levels, double[] ours) =>
        quantiles.Zip(levels, (quantile, level) =>
        {
            var rounding = Rounding * Math.Max(1, Math.Abs(quantile));
            var below = ours.Count(x => x < quantile - rounding) / (double)ours.Length;
            var upTo = ours.Count(x => x <= quantile + rounding) / (double)ours.Length;
            return Math.Max(Math.Max(level - upTo, below - level), 0);
        }).Max();

    // In units of the standard errors that one start would have; that of the deviation needs the fourth moment.
    private static double Moments(RecordedDistribution.Coordinate coordinate, double[] ours)
    {
        var mean = ours.Average();
        var variance = ours.Average(x => Math.Pow(x - mean, 2));
        var fourth = ours.Average(x => Math.Pow(x - mean, 4));
        if (variance == 0)
            return double.PositiveInfinity;
        var deviation = Math.Sqrt(variance);
        var ofDeviation = Math.Sqrt(Math.Max(fourth / variance - variance, FlattestExcess * variance)) / 2;
        return Math.Max(Math.Abs(mean - coordinate.Mean) / deviation,
            Math.Abs(deviation - coordinate.Std) / ofDeviation);
    }
}
