namespace Reverie.Torch.Nn;

/// <summary>
/// Transposed convolution without padding, then an activation: (N, C, H, W) → (N, out, (H−1)·stride + k, …).
/// Weight by the initializer's rule, zero bias. Computed in forms that are fast in training on a processor
/// (<c>native/torch_layers.cpp</c>), equal to the plain one but for the order of sums.
/// </summary>
public sealed class ConvTranspose2d : Module
{
    private readonly Tensor _weight, _bias;
    private readonly long _stride;
    private readonly Activation _activation;

    /// <summary>Makes the layer.</summary>
    public ConvTranspose2d(long inputs, long outputs, long kernel, long stride, Initializer init, string activation = "none")
    {
        (_stride, _activation) = (stride, Activation.ByName(activation));
        var area = kernel * kernel;
        _weight = Parameter("weight", init.Weight(inputs * area, outputs * area, [inputs, outputs, kernel, kernel])
            .Contiguous(MemoryFormat.ChannelsLast));
        _bias = Parameter("bias", init.Zeros(outputs));
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return _activation.After(
            number => Autocast.Input(x).FusedConvTranspose2d(Autocast.Weight(_weight), _bias, _stride, number));
    }

    /// <summary>The same through libtorch's own operators; what the fast forms are tested against.</summary>
    public Tensor ForwardPlain(Tensor x) => _activation.Of(x.ConvTranspose2d(_weight, _bias, _stride));
}
