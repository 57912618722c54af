namespace Reverie.Torch.Distributions;

/// <summary>
/// A normal distribution cut to an interval and renormalised: DreamerV2's continuous actor. Events are vectors: location
/// and scale (…, A), log-density (…). Gradients flow through samples, which are drawn by inverting the distribution
/// function.
/// </summary>
/// <param name="location">μ of the normal distribution; between the bounds.</param>
/// <param name="scale">σ of the normal distribution.</param>
/// <param name="low">Lower bound.</param>
/// <param name="high">Upper bound.</param>
public sealed class TruncatedNormal(Tensor location, Tensor scale, double low = -1, double high = 1) : Distribution
{
    private const double Margin = 1e-6;         // samples keep this far from the bounds

    private readonly Tensor alpha = (low - location) / scale, beta = (high - location) / scale;

    /// <summary>The true mean, μ + σ(φ(α) − φ(β))/Z.</summary>
    public override Tensor Mean => location + scale * (Density(alpha) - Density(beta)) / Mass;

    /// <inheritdoc/>
    public override Tensor Mode => location.Clamp(low, high);

    private Tensor Mass => NormalCdf(beta) - NormalCdf(alpha);        // Z

    /// <summary>The distribution on [−1, 1] from a network's two outputs (…, A): location tanh(m), scale 2σ(raw/2) +
    /// <paramref name="minStd"/> (DreamerV2's <c>trunc_normal</c>).</summary>
    public static TruncatedNormal FromOutputs(Tensor m, Tensor raw, double minStd = 0.1) =>
        new(m.Tanh(), (raw * 0.5).Sigmoid() * 2 + minStd);

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) =>
        FromUniform(Tensor.Rand(location.Shape, generator, location.DType));

    /// <summary>The draw that numbers uniform in [0, 1) (…, A) stand for, kept 1e-6 off the bounds; the gradient does
    /// not see that limit.</summary>
    public Tensor FromUniform(Tensor uniform)
    {
        // erfinv is infinite at ±1, and so is its slope.
        var edge = location.DType == DType.Float64 ? 1 - 1e-15 : 1 - 1e-6;
        var quantile = ((NormalCdf(alpha) + uniform * Mass) * 2 - 1).Clamp(-edge, edge).Erfinv() * Math.Sqrt(2);
        var draw = location + scale * quantile;
        return draw + (draw.Clamp(low + Margin, high - Margin) - draw).Detach();
    }

    /// <inheritdoc/>
    public override Tensor LogProb(Tensor value) => (NormalLogDensity(value, location, scale) - Mass.Log()).Sum(-1);

    /// <summary>ln(√(2πe)·σ·Z) + (αφ(α) − βφ(β))/(2Z), summed over the event.</summary>
    public override Tensor Entropy()
    {
        var mass = Mass;
        var edges = (alpha * Density(alpha) - beta * Density(beta)) / (mass * 2);
        return ((scale * mass).Log() + edges + (HalfLogTwoPi + 0.5)).Sum(-1);
    }

    /// <inheritdoc/>
    public override TruncatedNormal Detach() => new(location.Detach(), scale.Detach(), low, high);

    private static Tensor Density(Tensor x) => (x.Square() * -0.5 - HalfLogTwoPi).Exp();
}
