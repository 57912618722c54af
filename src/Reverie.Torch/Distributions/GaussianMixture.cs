namespace Reverie.Torch.Distributions;

/// <summary>
/// Mixtures of K normal components; events are vectors of D numbers. Either each dimension has a mixture of its own, as
/// in the mixture density networks of World Models, or all share one choice of the component (Bishop 1994).
/// </summary>
/// <param name="logits">Unnormalised log-weights: (…, D, K), or (…, 1, K) where all dimensions share it.</param>
/// <param name="mean">μ, (…, D, K).</param>
/// <param name="logStd">ln σ, (…, D, K).</param>
public sealed class GaussianMixture(Tensor logits, Tensor mean, Tensor logStd) : Distribution
{
    /// <summary>Log-weights, normalised over the components.</summary>
    /// <remarks>Not <see cref="Tensor.LogSoftmax"/>, which libtorch does slowly for a handful.</remarks>
    public Tensor LogWeights { get; } = logits - logits.LogSumExp(-1, keepDim: true);

    /// <summary>Expected value, Σ π μ: (…, D).</summary>
    public override Tensor Mean => (LogWeights.Exp() * mean).Sum(-1);

    /// <summary>The mean of the likeliest component; where components overlap the density may be higher between
    /// them.</summary>
    public override Tensor Mode => Of(Components.Mode, mean);

    /// <summary>Log-densities, (…, D) with a mixture for each dimension, (…, 1) with one for all.</summary>
    public Tensor LogProbParts(Tensor value)
    {
        var z = (value.Unsqueeze(-1) - mean) * (-logStd).Exp();                             // (…, D, K)
        var components = z.Square() * -0.5 - logStd - HalfLogTwoPi;
        if (Shared) components = components.Sum([-2], keepDim: true);
        return (LogWeights + components).LogSumExp(-1);
    }

    /// <inheritdoc/>
    public override Tensor LogProb(Tensor value) => LogProbParts(value).Sum(-1);

    /// <summary>A draw; gradients reach μ and σ of the component drawn.</summary>
    public override Tensor Sample(Generator generator) => FromNoise(
        Tensor.Rand(logits.Shape[..^1], generator, mean.DType), Tensor.Randn(mean.Shape[..^1], generator, mean.DType));

    /// <summary>The draw that numbers stand for.</summary>
    /// <param name="uniform">In [0, 1), one for each choice of a component: (…, D) or (…, 1).</param>
    /// <param name="normal">Standard normal, (…, D).</param>
    public Tensor FromNoise(Tensor uniform, Tensor normal)
    {
        var component = Components.FromUniform(uniform).Detach();
        return Of(component, mean) + Of(component, logStd).Exp() * normal;
    }

    /// <exception cref="NotSupportedException">There is no closed form; average −LogProb over draws.</exception>
    public override Tensor Entropy() => throw new NotSupportedException(
        "the entropy of a mixture has no closed form; average −LogProb over draws");

    /// <inheritdoc/>
    public override GaussianMixture Detach() => new(logits.Detach(), mean.Detach(), logStd.Detach());

    private bool Shared => logits.Size(-2) == 1 && mean.Size(-2) > 1;

    private OneHotCategorical Components => new(logits.Detach());

    private static Tensor Of(Tensor component, Tensor values) => (component * values).Sum(-1);
}
