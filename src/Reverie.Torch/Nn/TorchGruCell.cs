namespace Reverie.Torch.Nn;

/// <summary>
/// The cell of PyTorch's GRUCell and of Keras with <c>reset_after</c>: the reset gate multiplies the recurrent part of
/// the candidate after its product, which has a bias of its own.
/// c = tanh(W·x + b + r⊙(R·h + b_r)), h' = u⊙h + (1−u)⊙c. Kernel Glorot-uniform, recurrent kernel orthogonal, biases 0.
/// </summary>
public sealed class TorchGruCell : GruCell
{
    private readonly Tensor kernel, recurrent, bias, recurrentBias;

    /// <summary>Makes the cell; the rows of its weights are reset, update, candidate.</summary>
    public TorchGruCell(long inputs, long units, Initializer init)
    {
        kernel = Parameter("kernel", init.GlorotUniform(inputs, 3 * units, 3 * units, inputs));
        recurrent = Parameter("recurrent_kernel", init.Orthogonal(3 * units, units));
        bias = Parameter("bias", init.Zeros(3 * units));
        recurrentBias = Parameter("recurrent_bias", init.Zeros(3 * units));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor h)
    {
        using var observed = Profile.Of(this);
        var fromInput = Autocast.Input(x).Linear(Autocast.Weight(kernel), bias);                  // (B, 3·D)
        var fromState = Autocast.Input(h).Linear(Autocast.Weight(recurrent), recurrentBias);      // (B, 3·D)
        return fromInput.GruGates(fromState, h);
    }
}
