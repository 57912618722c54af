namespace Reverie.Torch.Nn;

/// <summary>Convolution, then an activation: (N, C, H, W) → (N, out, H', W'), without padding unless asked for. Weight by the
/// initializer's rule, zero bias.</summary>
public sealed class Conv2d : Convolution
{
    private readonly long kernel;
    private readonly bool same;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">C.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Width and height of the kernel.</param>
    /// <param name="stride">Pixels from one place of the kernel to the next.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="activation">By the names of <see cref="Activation"/>.</param>
    /// <param name="same">Pads with zeros so that H' = ⌈H/stride⌉, as TensorFlow's SAME does: what cannot be halved stands
    /// below and to the right.</param>
    public Conv2d(long inputs, long outputs, long kernel, long stride, Initializer init, string activation = "none",
        bool same = false) : base(inputs, outputs, (outputs, inputs), kernel, stride, init, activation) =>
        (this.kernel, this.same) = (kernel, same);

    // What is padded alike on all sides need not be copied for it.
    private protected override Tensor Fused(Tensor x, Tensor weight, long number)
    {
        var (width, height) = same ? (Missing(x.Size(3)), Missing(x.Size(2))) : (0, 0);
        return width == height && width % 2 == 0 ? x.FusedConv2d(weight, Bias, Stride, number, width / 2)
            : Padded(x).FusedConv2d(weight, Bias, Stride, number);
    }

    private protected override Tensor Plain(Tensor x) => Padded(x).Conv2d(Weight, Bias, Stride);

    private Tensor Padded(Tensor x)
    {
        if (!same) return x;
        var (width, height) = (Missing(x.Size(3)), Missing(x.Size(2)));
        return width + height == 0 ? x
            : x.Pad([width / 2, width - width / 2, height / 2, height - height / 2]);
    }

    // Pixels that a picture lacks for the last place of the kernel.
    private long Missing(long size) => Math.Max(0, (size - 1) / Stride * Stride + kernel - size);
}
