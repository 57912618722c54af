namespace Reverie.Torch.Distributions;

/// <summary>Kullback–Leibler divergences in closed form, in nats.</summary>
public static class Kl
{
    /// <summary>KL(q ‖ p), shape (batch…).</summary>
    /// <exception cref="ArgumentException">There is no closed form for this pair.</exception>
    public static Tensor Divergence(Distribution q, Distribution p) => (q, p) switch
    {
        (DiagonalNormal a, DiagonalNormal b) => Normal(a.Mean, a.Std, b.Mean, b.Std),
        (OneHotCategorical a, OneHotCategorical b) => a.DivergenceTo(b),
        _ => throw new ArgumentException(
            $"KL of {q.GetType().Name} from {p.GetType().Name} has no closed form", nameof(p)),
    };

    /// <summary>α·KL(⊥q ‖ p) + (1 − α)·KL(q ‖ ⊥p), ⊥ stopping gradients: the value of the plain divergence, with α of
    /// its gradient for the prior p and 1 − α for the posterior q (DreamerV2, eq. 3 and algorithm 2).</summary>
    public static Tensor Balanced(Distribution q, Distribution p, double alpha) =>
        Divergence(q.Detach(), p) * alpha + Divergence(q, p.Detach()) * (1 - alpha);

    /// <summary>KL of diagonal normal distributions (…, D) → (…):
    /// Σ ln(σ_p/σ_q) + (σ_q² + (μ_q − μ_p)²)/(2σ_p²) − ½.</summary>
    public static Tensor Normal(Tensor meanQ, Tensor stdQ, Tensor meanP, Tensor stdP)
    {
        // Written in the ratio, so that equal arguments give 0 exactly.
        var ratio = stdQ / stdP;
        var distance = (meanQ - meanP) / stdP;
        return ((ratio.Square() + distance.Square() - 1) * 0.5 - ratio.Log()).Sum(-1);
    }
}
