namespace Reverie.Curves;

/// <summary>How probable it is that a run of one algorithm comes to more than one of another, averaged over tasks
/// (Agarwal et al. 2021, section 4.3, after Mann and Whitney): of all pairs of runs on a task the share in which it does,
/// ties counted as a half. The interval is a percentile bootstrap in which the runs of either are drawn again within their
/// task.</summary>
/// <param name="Value">From 0 to 1; a half where neither is better.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record ImprovementProbability(double Value, double Low, double High)
{
    private const int Resamples = 10_000;
    private const double Tail = 0.025;

    /// <summary>Compares two algorithms.</summary>
    /// <param name="tasks">Of each task the scores of the one and of the other, at least one each.</param>
    /// <param name="seed">Decides which runs are drawn; the same numbers come out again.</param>
    /// <exception cref="ArgumentException">There is no task, or one without scores of both.</exception>
    public static ImprovementProbability Of(IReadOnlyList<(double[] One, double[] Other)> tasks, ulong seed = 0)
    {
        if (tasks.Count == 0 || tasks.Any(task => task.One.Length == 0 || task.Other.Length == 0))
            throw new ArgumentException("a comparison needs tasks with scores of both", nameof(tasks));
        RandomSource random = RandomSource.Derive(seed, RandomStream.Bootstrap);
        var drawn = tasks.Select(task => (new double[task.One.Length], new double[task.Other.Length])).ToArray();
        var values = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            for (int t = 0; t < tasks.Count; t++)
            {
                Draw(tasks[t].One, drawn[t].Item1, random);
                Draw(tasks[t].Other, drawn[t].Item2, random);
            }
            values[r] = drawn.Average(task => Share(task.Item1, task.Item2));
        }
        Array.Sort(values);
        return new(tasks.Average(task => Share(task.One, task.Other)),
            ScoreSummary.Quantile(values, Tail), ScoreSummary.Quantile(values, 1 - Tail));
    }

    private static void Draw(double[] from, double[] to, RandomSource random)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[random.NextInt(from.Length)];
    }

    private static double Share(double[] one, double[] other)
    {
        double wins = 0;
        foreach (double a in one)
            foreach (double b in other)
                wins += a > b ? 1 : a == b ? 0.5 : 0;
        return wins / (one.Length * other.Length);
    }
}
