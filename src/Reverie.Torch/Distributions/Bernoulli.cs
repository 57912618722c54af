namespace Reverie.Torch.Distributions;

/// <summary>Yes or no from logits (batch…), one event each. Log-probabilities take targets anywhere in [0, 1]: minus the
/// cross-entropy, as discounts γ·continue are learnt.</summary>
public sealed class Bernoulli(Tensor logits) : Distribution
{
    /// <summary>Log-odds of 1.</summary>
    public Tensor Logits => logits;

    /// <summary>Probability of 1.</summary>
    public override Tensor Mean => logits.Sigmoid();

    /// <summary>1 where it is the likelier, else 0.</summary>
    public override Tensor Mode => logits.Gt(0).To(logits.DType);

    /// <summary>0 or 1; no gradient flows through it.</summary>
    public override Tensor Sample(Generator generator) =>
        Tensor.Rand(logits.Shape, generator, logits.DType).Lt(Mean.Detach()).To(logits.DType);

    /// <summary>x·l − softplus(l).</summary>
    public override Tensor LogProb(Tensor value) => value * logits - logits.Softplus();

    /// <inheritdoc/>
    public override Tensor Entropy() => logits.Softplus() - Mean * logits;

    /// <inheritdoc/>
    public override Bernoulli Detach() => new(logits.Detach());
}
