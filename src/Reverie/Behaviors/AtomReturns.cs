using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Distributions of returns over K numbers, the atoms z_i, that lie evenly in [−v_max, v_max] (Bellemare et al. 2017):
/// what a critic's logits mean, and what a return and a distribution after it come to on the same atoms.</summary>
public sealed class AtomReturns : IDisposable
{
    private readonly double largest;
    private readonly int count;

    /// <summary>Makes the atoms.</summary>
    /// <param name="count">K, at least 2.</param>
    /// <param name="largest">v_max, above 0.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="dtype">In what type.</param>
    public AtomReturns(int count, double largest, Device device, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(largest);
        (this.count, this.largest) = (count, largest);
        using var scope = new TensorScope();
        Atoms = (Tensor.Arange(0, count, 1, DType.Float64, device) * Gap - largest).To(dtype).Keep();
    }

    /// <summary>z, (K), ascending.</summary>
    public Tensor Atoms { get; }

    private double Gap => 2 * largest / (count - 1);

    /// <summary>Expected returns of logits (…, K), (…).</summary>
    public Tensor Mean(Tensor logits) => (logits.Softmax(-1) * Atoms).Sum(-1);

    /// <summary>The distribution of R + d·Z put onto the atoms: each number's probability goes to its two neighbours so that the
    /// mean stays, one beyond the ends to the last atom (TV-10).</summary>
    /// <param name="probabilities">Of Z, (B, K).</param>
    /// <param name="returned">R, (B).</param>
    /// <param name="discount">d, (B); 0 where nothing follows.</param>
    /// <returns>(B, K), without gradient.</returns>
    public Tensor Project(Tensor probabilities, Tensor returned, Tensor discount)
    {
        using var noGrad = new NoGrad();
        var place = (returned.Unsqueeze(-1) + discount.Unsqueeze(-1) * Atoms).Clamp(-largest, largest);    // (B, K)
        place = ((place + largest) / Gap).Clamp(0, count - 1);                          // in gaps from the first atom
        var below = place.Floor().Clamp(0, count - 2);
        var upper = place - below;                                                      // part of the atom above, [0, 1]
        return Tensor.Zeros(probabilities.Shape, probabilities.DType, probabilities.Device)
            .ScatterAdd(-1, below.To(DType.Int64), probabilities * (1 - upper))
            .ScatterAdd(-1, (below + 1).To(DType.Int64), probabilities * upper);
    }

    /// <summary>−Σ m_i ln p_i of targets m and a critic's logits, (B, K) each: (B).</summary>
    public static Tensor CrossEntropy(Tensor target, Tensor logits) => -(target * logits.LogSoftmax(-1)).Sum(-1);

    /// <summary>Frees the atoms.</summary>
    public void Dispose() => Atoms.Dispose();
}
