namespace Reverie.Torch.Distributions;

/// <summary>Normal distributions with a diagonal covariance; events are vectors: mean and std (…, D), log-density (…).
/// Gradients flow through samples (Kingma and Welling 2014).</summary>
public sealed class DiagonalNormal(Tensor mean, Tensor std) : Distribution
{
    /// <inheritdoc/>
    public override Tensor Mean => mean;

    /// <inheritdoc/>
    public override Tensor Mode => mean;

    /// <summary>Standard deviation σ, (…, D).</summary>
    public Tensor Std => std;

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) => FromNoise(Tensor.Randn(mean.Shape, generator, mean.DType));

    /// <summary>The draw that standard normal noise (…, D) stands for: μ + σ·ε.</summary>
    public Tensor FromNoise(Tensor noise) => mean + std * noise;

    /// <inheritdoc/>
    public override Tensor LogProb(Tensor value) => NormalLogDensity(value, mean, std).Sum(-1);

    /// <summary>Σ ½ ln(2πe σ²).</summary>
    public override Tensor Entropy() => (std.Log() + (HalfLogTwoPi + 0.5)).Sum(-1);

    /// <inheritdoc/>
    public override DiagonalNormal Detach() => new(mean.Detach(), std.Detach());
}
