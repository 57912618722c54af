namespace Reverie.Torch.Distributions;

/// <summary>
/// A normal distribution whose mean and deviation are kept within bounds: DreamerV3's continuous actor. Events are
/// vectors: mean and std (…, A), log-density (…). Samples are not clipped, so that density and entropy are those of the
/// plain normal distribution; who acts clips the action. Gradients flow through samples.
/// </summary>
/// <param name="mean">μ, in (−1, 1).</param>
/// <param name="std">σ.</param>
public sealed class BoundedNormal(Tensor mean, Tensor std) : Distribution
{
    private const double StdOffset = 2;         // a network that starts at 0 starts near the largest deviation

    private readonly DiagonalNormal normal = new(mean, std);

    /// <inheritdoc/>
    public override Tensor Mean => mean;

    /// <inheritdoc/>
    public override Tensor Mode => mean;

    /// <summary>Standard deviation σ, (…, A).</summary>
    public Tensor Std => std;

    /// <summary>The distribution from a network's two outputs (…, A), in float32 or wider: mean tanh(m), deviation
    /// (max − min)·σ(s + 2) + min (DreamerV3's <c>bounded_normal</c>).</summary>
    public static BoundedNormal FromOutputs(Tensor m, Tensor s, double min = 0.1, double max = 1) =>
        new(Wide(m).Tanh(), (Wide(s) + StdOffset).Sigmoid() * (max - min) + min);

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) => normal.Sample(generator);

    /// <summary>The draw that standard normal noise (…, A) stands for: μ + σ·ε.</summary>
    public Tensor FromNoise(Tensor noise) => normal.FromNoise(noise);

    /// <summary>Log-density of a value that was not clipped.</summary>
    public override Tensor LogProb(Tensor value) => normal.LogProb(value);

    /// <inheritdoc/>
    public override Tensor Entropy() => normal.Entropy();

    /// <inheritdoc/>
    public override BoundedNormal Detach() => new(mean.Detach(), std.Detach());
}
