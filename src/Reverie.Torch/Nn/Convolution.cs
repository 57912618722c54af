namespace Reverie.Torch.Nn;

/// <summary>What convolutions and transposed ones have in common: a weight by the initializer's rule, a bias of zeros, an
/// activation, and a fast form beside the plain one. Pictures are (N, C, H, W).</summary>
/// <remarks>The weight lies channels-last in memory, which is what the fast kernels want; its shape and what is saved
/// are those of PyTorch.</remarks>
public abstract class Convolution : Module
{
    private readonly Activation activation;

    private protected Convolution(long inputs, long outputs, (long First, long Second) channels, long kernel, long stride,
        Initializer init, string activation)
    {
        (Stride, this.activation) = (stride, Activation.ByName(activation));
        var area = kernel * kernel;
        Weight = Parameter("weight",
            init.Weight(inputs * area, outputs * area, [channels.First, channels.Second, kernel, kernel])
                .Contiguous(MemoryFormat.ChannelsLast));
        Bias = Parameter("bias", init.Zeros(outputs));
    }

    private protected long Stride { get; }

    private protected Tensor Weight { get; }

    private protected Tensor Bias { get; }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return activation.After(number => Fused(Autocast.Input(x), Autocast.Weight(Weight), number));
    }

    /// <summary>The same through libtorch's own operators; what the fast form is tested against.</summary>
    public Tensor ForwardPlain(Tensor x) => activation.Of(Plain(x));

    // With bias and activation, which goes by that number.
    private protected abstract Tensor Fused(Tensor x, Tensor weight, long number);

    // With bias alone.
    private protected abstract Tensor Plain(Tensor x);
}
