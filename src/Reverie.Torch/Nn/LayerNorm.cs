namespace Reverie.Torch.Nn;

/// <summary>Normalises the last dimension to mean 0 and variance 1, then scales and shifts it by parameters that start
/// at 1 and 0: (…, D) → (…, D), in the type of the parameters (Ba et al. 2016).</summary>
public sealed class LayerNorm : Module
{
    private readonly Tensor scale, offset;
    private readonly double epsilon;

    /// <summary>Makes the layer. Trap: TensorFlow's ε is 1e-3, PyTorch's 1e-5.</summary>
    public LayerNorm(long units, Initializer init, double epsilon = 1e-3)
    {
        scale = Parameter("scale", init.Constant(1, units));
        offset = Parameter("offset", init.Zeros(units));
        this.epsilon = epsilon;
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return x.To(scale.DType).LayerNorm(scale, offset, epsilon);
    }
}
