namespace Reverie.Behaviors;

/// <summary>The constants of CMA-ES for n parameters and λ candidates, as Hansen's tutorial has them (rank μ, positive
/// weights).</summary>
public sealed record CmaEsConstants
{
    private CmaEsConstants(int size, int population)
    {
        var n = (double)size;
        var parents = population / 2;
        var raw = Enumerable.Range(1, parents).Select(i => Math.Log((population + 1) / 2.0) - Math.Log(i)).ToArray();
        Weights = [.. raw.Select(weight => weight / raw.Sum())];
        var mu = EffectiveParents = 1 / Weights.Sum(weight => weight * weight);
        PathRate = (4 + mu / n) / (n + 4 + 2 * mu / n);
        StepPathRate = (mu + 2) / (n + mu + 5);
        RankOneRate = 2 / ((n + 1.3) * (n + 1.3) + mu);
        RankMuRate = Math.Min(1 - RankOneRate, 2 * (mu - 2 + 1 / mu) / ((n + 2) * (n + 2) + mu));
        Damping = 1 + 2 * Math.Max(0, Math.Sqrt((mu - 1) / (n + 1)) - 1) + StepPathRate;
        ExpectedNorm = Math.Sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
        DecompositionGap = 1 / (10 * n * (RankOneRate + RankMuRate));
    }

    /// <summary>w_1 … w_μ, falling, with sum 1: the better half of the candidates are parents.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>μ_eff.</summary>
    public double EffectiveParents { get; }

    /// <summary>c_c.</summary>
    public double PathRate { get; }

    /// <summary>c_σ.</summary>
    public double StepPathRate { get; }

    /// <summary>c_1.</summary>
    public double RankOneRate { get; }

    /// <summary>c_μ.</summary>
    public double RankMuRate { get; }

    /// <summary>d_σ.</summary>
    public double Damping { get; }

    /// <summary>χ, about E‖N(0, I)‖.</summary>
    public double ExpectedNorm { get; }

    /// <summary>Generations that the covariance may change for before its decomposition is computed anew.</summary>
    public double DecompositionGap { get; }

    /// <summary>The constants.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No parameter, or fewer than 4 candidates.</exception>
    public static CmaEsConstants Of(int size, int population)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfLessThan(population, 4);
        return new(size, population);
    }
}
