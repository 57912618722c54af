namespace Reverie.Training;

/// <summary>Returns of several episodes, summed up.</summary>
/// <param name="Returns">One per episode.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Std">Their population standard deviation.</param>
/// <param name="Min">The worst.</param>
/// <param name="Max">The best.</param>
public sealed record Evaluation(IReadOnlyList<double> Returns, double Mean, double Std, double Min, double Max)
{
    /// <summary>Crashes of environments while playing.</summary>
    public int Restarts { get; init; }

    /// <summary>The returns of each task by themselves, in the order of the tasks; empty where there is one.</summary>
    public IReadOnlyList<Evaluation> Tasks { get; init; } = [];

    /// <summary>Sums up at least one return.</summary>
    public static Evaluation Of(IReadOnlyList<double> returns)
    {
        var mean = returns.Average();
        return new(returns, mean, Math.Sqrt(returns.Average(r => (r - mean) * (r - mean))), returns.Min(), returns.Max());
    }
}
