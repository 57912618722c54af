namespace Reverie.Curves;

/// <summary>What a run came to in the end.</summary>
/// <param name="Task">What it learned; null where that is not known.</param>
/// <param name="EnvSteps">Environment steps of the last record looked at.</param>
/// <param name="Score">The mean of the records looked at.</param>
public sealed record FinalScore(string? Task, long EnvSteps, double Score)
{
    /// <summary>Takes the mean of a run's last records.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">Which value of theirs.</param>
    /// <param name="kind">Which records.</param>
    /// <param name="last">How many; all where the run has fewer.</param>
    /// <exception cref="ReverieException">The run has no such value.</exception>
    public static FinalScore Of(CurveRun run, string metric, string kind, int last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, 1);
        (long EnvSteps, double Value)[] ends = [.. Points(run, metric, kind).TakeLast(last)];
        if (ends.Length == 0)
            throw new DataException($"{run.Name} has no finite '{metric}' of kind {kind}{Known(run)}");
        return new FinalScore(run.Task, ends[^1].EnvSteps, ends.Average(point => point.Value));
    }

    /// <summary>Whether a run has such a value at all.</summary>
    public static bool Exists(CurveRun run, string metric, string kind) => Points(run, metric, kind).Any();

    private static IEnumerable<(long EnvSteps, double Value)> Points(CurveRun run, string metric, string kind)
        => run.Records.Where(record => record.Kind == kind)
            .Select(record => (record.EnvSteps, Value: record.Values.GetValueOrDefault(metric, double.NaN)))
            .Where(point => double.IsFinite(point.Value));

    private static string Known(CurveRun run)
    {
        string[] known = [.. run.Records.SelectMany(r => r.Values.Keys.Select(name => $"{r.Kind}/{name}"))
            .Distinct().Order()];
        return known.Length == 0 ? ": nothing was logged yet" : $": there are {string.Join(", ", known)}";
    }
}
