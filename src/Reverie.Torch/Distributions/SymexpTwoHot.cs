namespace Reverie.Torch.Distributions;

/// <summary>
/// A number as a choice among bins that lie ever farther apart: rewards and values of DreamerV3, of any size and without
/// a scale to set. Logits (…, K) → one number each. What is learned from is the two-hot target: the two bins around a
/// number, weighted so that their mean is the number itself (DreamerV3, eq. 9 and 10). Computed in float32, or in float64
/// where the logits are so.
/// </summary>
/// <remarks>Trap: all of it is in raw space. Bins are symexp of equal steps, but the weights of a target are linear between
/// the bins themselves, and the mean is that of the bins; taking symexp after the mean is another distribution, that of the
/// first version of the paper.</remarks>
public sealed class SymexpTwoHot : Distribution
{
    private const double Limit = 20;            // the bins at the ends are ±symexp(20) = ±4.85e8

    private readonly Tensor logits, bins;

    /// <summary>Makes the distributions.</summary>
    /// <param name="logits">Unnormalised log-probabilities of the bins, (…, K), K odd; DreamerV3 has 255.</param>
    public SymexpTwoHot(Tensor logits) : this(
        Wide(logits), Bins(logits.Size(-1), logits.Device, Wide(logits.DType)))
    {
    }

    private SymexpTwoHot(Tensor logits, Tensor bins) => (this.logits, this.bins) = (logits, bins);

    /// <summary>Normalised log-probabilities of the bins, (…, K).</summary>
    public Tensor LogProbabilities => logits.LogSoftmax(-1);

    /// <summary>Σ p·bin, (…). Every bin is taken together with its mirror image, so that equal probabilities give exactly
    /// 0; one after the other the roundings of float32 would give a number of the size of 1.</summary>
    public override Tensor Mean => logits.TwoHotMean(bins);

    /// <summary>The mean, which is what stands for the distribution; its likeliest bin would be a coarse one.</summary>
    public override Tensor Mode => Mean;

    /// <summary>The bins (K), ascending: symexp of K equal steps from −20 to 20. The one in the middle is exactly 0, and
    /// the others are each other's mirror image.</summary>
    public static Tensor Bins(long count, Device device, DType dtype = DType.Float32)
    {
        if (count < 3 || count % 2 == 0)
            throw new ArgumentException($"{count} bins have no middle with as many on both sides", nameof(count));
        var half = count / 2;
        return (Tensor.Arange(-half, half + 1, 1, DType.Float64, device) * (Limit / half)).Symexp().To(dtype);
    }

    /// <summary>One of the bins each, (…); no gradient flows through it.</summary>
    public override Tensor Sample(Generator generator) =>
        (new OneHotCategorical(logits.Detach()).Sample(generator) * bins).Sum(-1);

    /// <summary>Minus the cross-entropy to the two-hot target of a value (…), (…). A value beyond the last bin counts as
    /// being there. No gradient reaches the value.</summary>
    public override Tensor LogProb(Tensor value) => logits.TwoHotLogProb(value.Detach().To(bins.DType), bins);

    /// <inheritdoc/>
    public override Tensor Entropy()
    {
        var logProbabilities = LogProbabilities;
        return -(logProbabilities.Exp() * logProbabilities).Sum(-1);
    }

    /// <inheritdoc/>
    public override SymexpTwoHot Detach() => new(logits.Detach(), bins);
}
