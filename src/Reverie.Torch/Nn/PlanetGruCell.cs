namespace Reverie.Torch.Nn;

/// <summary>
/// The cell of TensorFlow's GRUBlockCell, used by PlaNet: the reset gate is applied before the recurrent product, the
/// update gate keeps the old state.
/// r, u = σ(W·[x, h] + b), c = tanh(W_c·[x, r⊙h] + b_c), h' = u⊙h + (1−u)⊙c. Gate bias 1, candidate bias 0.
/// </summary>
public sealed class PlanetGruCell : GruCell
{
    private readonly Linear gates, candidate;

    /// <summary>Makes the cell.</summary>
    public PlanetGruCell(long inputs, long units, Initializer init)
    {
        gates = Register("gates", new Linear(inputs + units, 2 * units, init, activation: "sigmoid"));
        candidate = Register("candidate", new Linear(inputs + units, units, init, activation: "tanh"));
        using var noGrad = new NoGrad();
        gates.Bias!.Fill_(1);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor h)
    {
        using var observed = Profile.Of(this);
        var gates = this.gates.Forward(x, h);                                           // (B, 2·D), reset and update
        return gates.GruBlend(candidate.Forward(x, gates.GruReset(h)), h);
    }
}
