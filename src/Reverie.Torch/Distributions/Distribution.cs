namespace Reverie.Torch.Distributions;

/// <summary>
/// A batch of independent distributions. An <i>event</i> is what one of them draws; its dimensions stand last, and
/// log-densities and entropies are summed over them, so that they have the shape of the batch.
/// </summary>
public abstract class Distribution
{
    /// <summary>Half of ln 2π: what a standard normal's density has under its exponent.</summary>
    protected const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Expected value; shape (batch…, event…).</summary>
    public abstract Tensor Mean { get; }

    /// <summary>Most probable value; shape (batch…, event…).</summary>
    public abstract Tensor Mode { get; }

    /// <summary>One draw from each, (batch…, event…). Where the class says so, gradients flow through it to the
    /// parameters.</summary>
    public abstract Tensor Sample(Generator generator);

    /// <summary>Log-density, or log-probability, of a value (batch…, event…) in nats; shape (batch…).</summary>
    public abstract Tensor LogProb(Tensor value);

    /// <summary>Entropy in nats; shape (batch…).</summary>
    public abstract Tensor Entropy();

    /// <summary>The same distributions with parameters that no gradient reaches.</summary>
    public abstract Distribution Detach();

    /// <summary>Log-density of a normal distribution, element by element.</summary>
    protected static Tensor NormalLogDensity(Tensor value, Tensor mean, Tensor std) =>
        ((value - mean) / std).Square() * -0.5 - std.Log() - HalfLogTwoPi;

    /// <summary>Distribution function Φ of the standard normal, element by element.</summary>
    protected static Tensor NormalCdf(Tensor x) => (x * (1 / Math.Sqrt(2))).Erf() * 0.5 + 0.5;

    /// <summary>What a network gives, in float32 where it is narrower: densities want no less.</summary>
    protected static Tensor Wide(Tensor x) => x.To(Wide(x.DType));

    /// <summary>The type of <see cref="Wide(Tensor)"/>.</summary>
    protected static DType Wide(DType dtype) => dtype is DType.BFloat16 or DType.Float16 ? DType.Float32 : dtype;

    /// <summary>Sum over the last <paramref name="dims"/> dimensions.</summary>
    protected static Tensor SumLast(Tensor x, int dims) => dims == 0 ? x : x.Flatten(-dims).Sum(-1);
}
