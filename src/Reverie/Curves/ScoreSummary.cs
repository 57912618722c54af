namespace Reverie.Curves;

/// <summary>
/// Scores of several runs, summed up as Agarwal et al. recommend ("Deep Reinforcement Learning at the Edge of the
/// Statistical Precipice", 2021, arXiv 2108.13264): beside mean and median the interquartile mean, with a percentile
/// bootstrap interval that is stratified by task.
/// </summary>
public sealed record ScoreSummary
{
    private const int Resamples = 10_000;
    private const double Tail = 0.025;

    /// <summary>How many scores.</summary>
    public required int Count { get; init; }

    /// <summary>Their mean.</summary>
    public required double Mean { get; init; }

    /// <summary>Their population standard deviation, divided by n; 0 of one.</summary>
    public required double Std { get; init; }

    /// <summary>The middle one, or the mean of the middle two.</summary>
    public required double Median { get; init; }

    /// <summary>The mean without the lowest and the highest quarter, n/4 rounded down at either end.</summary>
    public required double InterquartileMean { get; init; }

    /// <summary>Lower end of the interquartile mean's 95 % interval; not a number where there is one score
    /// only.</summary>
    public required double Low { get; init; }

    /// <summary>Its upper end.</summary>
    public required double High { get; init; }

    /// <summary>Sums up at least one score.</summary>
    /// <param name="scores">One a run.</param>
    /// <param name="tasks">The task of each, within which runs are drawn again; null where all have one.</param>
    /// <param name="seed">Decides which runs are drawn; the same numbers come out again.</param>
    /// <exception cref="ArgumentException">No score, or another number of tasks.</exception>
    public static ScoreSummary Of(IReadOnlyList<double> scores, IReadOnlyList<string>? tasks = null, ulong seed = 0)
    {
        if (scores.Count == 0 || tasks is not null && tasks.Count != scores.Count)
            throw new ArgumentException("a summary needs scores, and as many tasks as scores", nameof(scores));
        double[][] strata = [.. Enumerable.Range(0, scores.Count).GroupBy(i => tasks?[i] ?? "", i => scores[i])
            .Select(group => group.ToArray())];
        double[] sorted = [.. scores.Order()];
        double mean = sorted.Average();
        (double low, double high) = sorted.Length > 1 ? Interval(strata, seed) : (double.NaN, double.NaN);
        return new ScoreSummary
        {
            Count = sorted.Length, Mean = mean, Std = Math.Sqrt(sorted.Average(x => (x - mean) * (x - mean))),
            Median = Quantile(sorted, 0.5), InterquartileMean = Interquartile(sorted), Low = low, High = high,
        };
    }

    /// <summary>The mean of what is left of sorted numbers without a quarter at either end.</summary>
    internal static double Interquartile(ReadOnlySpan<double> sorted)
    {
        int cut = sorted.Length / 4;
        double sum = 0;
        foreach (double value in sorted[cut..^cut])
            sum += value;
        return sum / (sorted.Length - 2 * cut);
    }

    private static (double Low, double High) Interval(double[][] strata, ulong seed)
    {
        RandomSource random = RandomSource.Derive(seed, RandomStream.Bootstrap);
        var drawn = new double[strata.Sum(stratum => stratum.Length)];
        var means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            int at = 0;
            foreach (double[] stratum in strata)
                for (int i = 0; i < stratum.Length; i++)
                    drawn[at++] = stratum[random.NextInt(stratum.Length)];
            Array.Sort(drawn);
            means[r] = Interquartile(drawn);
        }
        Array.Sort(means);
        return (Quantile(means, Tail), Quantile(means, 1 - Tail));
    }

    internal static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
