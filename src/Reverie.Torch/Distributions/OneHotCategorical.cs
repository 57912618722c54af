using Reverie.Torch.Native;

namespace Reverie.Torch.Distributions;

/// <summary>
/// One of K classes, as a one-hot vector. Samples carry the gradient of the probabilities (straight-through, Bengio et
/// al. 2013; DreamerV2, algorithm 1) while their values stay exactly 0 and 1.
/// </summary>
public sealed class OneHotCategorical : Distribution
{
    private readonly int variableDims;
    private readonly double unimix;
    private readonly Tensor logits;

    /// <summary>Makes the distributions from logits (…, K).</summary>
    /// <param name="logits">Unnormalised log-probabilities.</param>
    /// <param name="variableDims">How many dimensions before the last hold independent variables of one event: with 1,
    /// logits are (…, S, K) and log-probabilities (…).</param>
    /// <param name="unimix">Part of the uniform distribution that is mixed in (DreamerV3: 0.01).</param>
    public OneHotCategorical(Tensor logits, int variableDims = 0, double unimix = 0)
    {
        // With a mixture most of what is asked for comes from the logits in one pass.
        (this.variableDims, this.unimix, this.logits) = (variableDims, unimix, unimix > 0 ? logits : logits.LogSoftmax(-1));
    }

    private OneHotCategorical(OneHotCategorical other) =>
        (variableDims, unimix, logits) = (other.variableDims, other.unimix, other.logits.Detach());

    /// <summary>Normalised log-probabilities, (…, K).</summary>
    public Tensor LogProbabilities => unimix > 0 ? Mean.Log() : logits;

    /// <summary>Probabilities, (…, K).</summary>
    public override Tensor Mean =>
        unimix > 0 ? logits.Softmax(-1) * (1 - unimix) + unimix / logits.Size(-1) : logits.Exp();

    /// <summary>The most probable class; no gradient flows through it.</summary>
    public override Tensor Mode => OneHot(logits.Argmax(-1));

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator)
    {
        var probabilities = Mean;
        var rows = probabilities.Detach().Reshape(-1, probabilities.Size(-1));
        var classes = Aten.Multinomial.Call(rows, 1, false, generator).Reshape(probabilities.Shape[..^1]);
        return StraightThrough(OneHot(classes), probabilities);
    }

    /// <summary>The draw that numbers uniform in [0, 1), one a variable, stand for: (…) → (…, K). A number picks the
    /// class whose part of the distribution function it falls into.</summary>
    public Tensor FromUniform(Tensor uniform)
    {
        if (unimix > 0) return logits.OneHotDraw(uniform, unimix);
        var probabilities = Mean;
        // Whether the draw lies beyond class k, for all but the last one, so that rounding cannot leave it without a
        // class.
        var beyond = probabilities.Detach().Cumsum(-1).Narrow(-1, 0, probabilities.Size(-1) - 1)
            .Le(uniform.Unsqueeze(-1)).To(probabilities.DType);                             // (…, K − 1): 1 … 1 0 … 0
        return StraightThrough(beyond.Pad([1, 0], 1) - beyond.Pad([0, 1]), probabilities);
    }

    /// <inheritdoc/>
    public override Tensor LogProb(Tensor value) => SumLast((value * LogProbabilities).Sum(-1), variableDims);

    /// <inheritdoc/>
    public override Tensor Entropy()
    {
        var probabilities = Mean;
        return SumLast(-(probabilities * (unimix > 0 ? probabilities.Log() : logits)).Sum(-1), variableDims);
    }

    /// <inheritdoc/>
    public override OneHotCategorical Detach() => new(this);

    /// <summary>KL(this ‖ p), (…): Σ q·(ln q − ln p).</summary>
    internal Tensor DivergenceTo(OneHotCategorical p) => SumLast(
        unimix > 0 && unimix == p.unimix ? logits.OneHotDivergence(p.logits, unimix)
            : (Mean * (LogProbabilities - p.LogProbabilities)).Sum(-1),
        variableDims);

    // The bracket is exactly 0, so the value stays exactly one-hot; sample + p − p would round.
    internal static Tensor StraightThrough(Tensor sample, Tensor probabilities) =>
        sample + (probabilities - probabilities.Detach());

    private Tensor OneHot(Tensor classes) =>
        Aten.OneHot.Call(classes, logits.Size(-1)).To(logits.DType);
}
