namespace Reverie.Torch.Nn;

/// <summary>
/// The cell of DreamerV2: one product for all three parts, optionally normalised, the reset gate multiplies the
/// candidate's pre-activation, and the update gate lets the candidate in — the opposite sense to the other cells.
/// [r, c, u] = LN(W·[x, h] + b), c' = tanh(σ(r)⊙c), h' = σ(u − 1)⊙c' + (1 − σ(u − 1))⊙h.
/// </summary>
public sealed class NormGruCell : GruCell
{
    private const double UpdateBias = -1;       // keeps most of the old state at the start of training

    private readonly Linear parts;
    private readonly Tensor? scale, offset;
    private readonly double epsilon;

    /// <summary>Makes the cell. The norm is over all 3·D values at once, and the product keeps its bias beside it.</summary>
    public NormGruCell(long inputs, long units, Initializer init, bool norm = true, double epsilon = 1e-3)
    {
        parts = Register("parts", new Linear(inputs + units, 3 * units, init));
        this.epsilon = epsilon;
        if (!norm) return;
        scale = Parameter("scale", init.Constant(1, 3 * units));
        offset = Parameter("offset", init.Zeros(3 * units));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor h)
    {
        using var observed = Profile.Of(this);
        var parts = this.parts.Forward(Tensor.Cat([x, h], -1));
        // The sums of the norm want float32, even where products are computed in less.
        if (scale is not null) parts = parts.To(scale.DType).LayerNorm(scale, offset, epsilon);
        return Combine(parts.To(h.DType), h);
    }

    /// <summary>The gates from the three raw parts (B, 3·D), in the order reset, candidate, update.</summary>
    internal static Tensor Combine(Tensor parts, Tensor h)
    {
        var split = parts.Split(h.Size(-1), -1);
        var candidate = (split[0].Sigmoid() * split[1]).Tanh();
        var update = (split[2] + UpdateBias).Sigmoid();
        return h + update * (candidate - h);
    }
}
