namespace Reverie.Torch.Nn;

/// <summary>
/// A dense layer whose matrix is block-diagonal: the input is cut into g pieces, each goes through a matrix of its own, and
/// the results stand one after the other: (…, in) → (…, out), with 1/g of the numbers of a <see cref="Linear"/> (the
/// block GRU of DreamerV3). Zero bias over all outputs.
/// </summary>
public sealed class BlockLinear : Module
{
    private readonly Tensor weight, bias;
    private readonly long blocks, inputs, outputs;

    /// <summary>Makes the layer. Trap: the fan-in of its weight is the whole <paramref name="inputs"/>, not that of a block,
    /// so weights are √g smaller than those of g layers (DreamerV3).</summary>
    /// <param name="inputs">Width of x, a multiple of <paramref name="blocks"/>.</param>
    /// <param name="outputs">Width of the result, another one.</param>
    /// <param name="blocks">g.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="scale">Multiplies the initial weight.</param>
    public BlockLinear(long inputs, long outputs, long blocks, Initializer init, double scale = 1)
    {
        if (blocks < 1 || inputs % blocks != 0 || outputs % blocks != 0)
            throw new ArgumentException(
                $"{inputs} inputs and {outputs} outputs cannot be cut into {blocks} equal blocks", nameof(blocks));
        (this.blocks, this.inputs, this.outputs) = (blocks, inputs, outputs);
        weight = Parameter("weight", init.Weight(inputs, outputs, [blocks, inputs / blocks, outputs / blocks], scale));
        bias = Parameter("bias", init.Zeros(outputs));
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x) => ForwardBlocks(x).Reshape([.. x.Shape[..^1], outputs]);

    /// <summary>The same with the results of blocks apart: (…, in) → (N, g, out/g) for N rows, without a copy.</summary>
    internal Tensor ForwardBlocks(Tensor x)
    {
        using var observed = Profile.Of(this);
        var rows = Autocast.Input(x).Reshape(-1, blocks, inputs / blocks).Transpose(0, 1);       // (g, N, in/g)
        var bias = Autocast.Weight(this.bias).Reshape(blocks, 1, outputs / blocks);
        return bias.BlockProduct(rows, Autocast.Weight(weight)).Transpose(0, 1);                   // (N, g, out/g)
    }
}
