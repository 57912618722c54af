namespace Reverie.Torch.Nn;

/// <summary>Normalises the last dimension to mean 0 and variance 1, then scales and shifts it by parameters that start
/// at 1 and 0: (…, D) → (…, D), in the type of the parameters (Ba et al. 2016).</summary>
public sealed class LayerNorm : Module
{
    private readonly Tensor _scale, _offset;
    private readonly double _epsilon;

    /// <summary>Makes the layer. Trap: TensorFlow's ε is 1e-3, PyTorch's 1e-5.</summary>
    public LayerNorm(long units, Initializer init, double epsilon = 1e-3)
    {
        _scale = Parameter("scale", init.Constant(1, units));
        _offset = Parameter("offset", init.Zeros(units));
        _epsilon = epsilon;
    }

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return x.To(_scale.DType).LayerNorm(_scale, _offset, _epsilon);
    }
}
