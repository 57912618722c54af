namespace Reverie.Torch.Nn;

/// <summary>Convolution without padding, then an activation: (N, C, H, W) → (N, out, H', W'). Weight by the
/// initializer's rule, zero bias.</summary>
/// <remarks>The weight lies channels-last in memory, which is what the fast kernels want; its shape and what is saved
/// are those of PyTorch.</remarks>
public sealed class Conv2d : Module
{
    private readonly Tensor _weight, _bias;
    private readonly long _stride;
    private readonly Activation _activation;

    /// <summary>Makes the layer.</summary>
    public Conv2d(long inputs, long outputs, long kernel, long stride, Initializer init, string activation = "none")
    {
        (_stride, _activation) = (stride, Activation.ByName(activation));
        var area = kernel * kernel;
        _weight = Parameter("weight", init.Weight(inputs * area, outputs * area, [outputs, inputs, kernel, kernel])
            .Contiguous(MemoryFormat.ChannelsLast));
        _bias = Parameter("bias", init.Zeros(outputs));
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return _activation.After(
            number => Autocast.Input(x).FusedConv2d(Autocast.Weight(_weight), _bias, _stride, number));
    }

    /// <summary>The same through libtorch's own operators; what the fast form is tested against.</summary>
    public Tensor ForwardPlain(Tensor x) => _activation.Of(x.Conv2d(_weight, _bias, _stride));
}
