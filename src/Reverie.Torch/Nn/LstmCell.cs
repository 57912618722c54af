namespace Reverie.Torch.Nn;

/// <summary>
/// The cell of World Models' memory (TensorFlow's LSTMCell; Hochreiter and Schmidhuber 1997, forget gate of Gers et al.
/// 2000): [i, g, f, o] = W·[x, h] + b, c' = σ(f + 1)⊙c + σ(i)⊙tanh(g), h' = σ(o)⊙tanh(c'). The 1 keeps memory at the
/// start of training; it is no part of the stored bias.
/// </summary>
public sealed class LstmCell : Module
{
    private readonly Linear gates;

    /// <summary>Makes the cell; the rows of its weight are input, candidate, forget, output.</summary>
    public LstmCell(long inputs, long units, Initializer init) =>
        gates = Register("gates", new Linear(inputs + units, 4 * units, init));

    /// <summary>One step: x (B, X), h and c (B, D) → h' and c' (B, D).</summary>
    public (Tensor H, Tensor C) Forward(Tensor x, Tensor h, Tensor c)
    {
        using var observed = Profile.Of(this);
        var next = gates.Forward(Tensor.Cat([x, h.To(x.DType)], -1)).LstmGates(c).Split(c.Size(-1), -1);
        return (next[0], next[1]);
    }
}
