namespace Reverie.Torch.Nn;

/// <summary>
/// Transposed convolution, then an activation: (N, C, H, W) → (N, out, (H−1)·stride + k, …), or
/// cropped to (N, out, H·stride, …).
/// Weight by the initializer's rule, zero bias. Computed in forms that are fast in training on a processor
/// (<c>native/torch_convolutions.cpp</c>), equal to the plain one but for the order of sums.
/// </summary>
public sealed class ConvTranspose2d : Convolution
{
    private readonly long padding, more;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">C.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="kernel">Width and height of the kernel.</param>
    /// <param name="stride">Pixels from one place of the kernel to the next.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="activation">By the names of <see cref="Activation"/>.</param>
    /// <param name="same">Crops to H' = H·stride, as TensorFlow's SAME does: what cannot be halved goes above and to the
    /// left. The kernel must not be smaller than the stride.</param>
    public ConvTranspose2d(long inputs, long outputs, long kernel, long stride, Initializer init, string activation = "none",
        bool same = false) : base(inputs, outputs, (inputs, outputs), kernel, stride, init, activation)
    {
        if (same) (padding, more) = ((kernel - stride + 1) / 2, (kernel - stride) % 2);
    }

    private protected override Tensor Fused(Tensor x, Tensor weight, long number) =>
        x.FusedConvTranspose2d(weight, Bias, Stride, number, padding, more);

    private protected override Tensor Plain(Tensor x)
    {
        var y = x.ConvTranspose2d(Weight, Bias, Stride);
        if (padding > 0)
            for (var side = 2; side <= 3; side++) y = y.Narrow(side, padding, y.Size(side) - 2 * padding + more);
        return y;
    }
}
