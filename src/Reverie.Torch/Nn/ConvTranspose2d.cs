namespace Reverie.Torch.Nn;

/// <summary>
/// Transposed convolution without padding: (N, C, H, W) → (N, out, (H−1)·stride + k, …). Glorot-uniform weight, zero
/// bias. Two exact forms stand in for libtorch's own, which is slow in training on a CPU: a matrix product where the
/// input is 1×1, else the input-gradient of a convolution.
/// </summary>
public sealed class ConvTranspose2d : Module
{
    private readonly Tensor _weight, _bias;
    private readonly long _stride, _outputs, _kernel;

    /// <summary>Makes the layer.</summary>
    public ConvTranspose2d(long inputs, long outputs, long kernel, long stride, Initializer init)
    {
        (_outputs, _kernel, _stride) = (outputs, kernel, stride);
        var area = kernel * kernel;
        _weight = Parameter("weight", init.GlorotUniform(inputs * area, outputs * area, inputs, outputs, kernel, kernel)
            .Contiguous(MemoryFormat.ChannelsLast));
        _bias = Parameter("bias", init.Zeros(outputs));
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        x = Autocast.Input(x);
        var y = x.Size(2) == 1 && x.Size(3) == 1 ? FromOnePixel(x) : x.FastConvTranspose2d(Autocast.Weight(_weight), _stride);
        return y + Autocast.Weight(_bias).Reshape(1, _outputs, 1, 1);
    }

    /// <summary>The same through libtorch's own operator; what the fast forms are tested against.</summary>
    public Tensor ForwardPlain(Tensor x) => x.ConvTranspose2d(_weight, _bias, _stride);

    private Tensor FromOnePixel(Tensor x)
    {
        var weight = Autocast.Weight(_weight).Permute(0, 2, 3, 1).Reshape(x.Size(1), -1);       // (C, k·k·out)
        return x.Reshape(x.Size(0), x.Size(1)).Mm(weight)
            .Reshape(x.Size(0), _kernel, _kernel, _outputs).Permute(0, 3, 1, 2);                // (N, out, k, k)
    }
}
