namespace Reverie.Torch.Nn;

/// <summary>y = activation(x·Wᵀ + b): (…, in) → (…, out). Glorot-uniform weight, zero bias (the rule of PlaNet to
/// DreamerV2).</summary>
public sealed class Linear : Module
{
    private readonly Tensor? _bias;
    private readonly Activation _activation;

    /// <summary>Makes the layer.</summary>
    public Linear(long inputs, long outputs, Initializer init, bool bias = true, string activation = "none")
    {
        _activation = Activation.ByName(activation);
        Weight = Parameter("weight", init.GlorotUniform(inputs, outputs, outputs, inputs));
        _bias = bias ? Parameter("bias", init.Zeros(outputs)) : null;
    }

    /// <summary>W, (out, in).</summary>
    public Tensor Weight { get; }

    /// <summary>b, (out), or null without one.</summary>
    public Tensor? Bias => _bias;

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>Applies the layer to [x, more].</summary>
    public Tensor Forward(Tensor x, Tensor? more)
    {
        using var observed = Profile.Of(this);
        return _activation.After(number => Autocast.Input(x).Linear(
            more is null ? null : Autocast.Input(more), Autocast.Weight(Weight), _bias, number));
    }
}
