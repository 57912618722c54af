namespace Reverie.Torch.Nn;

/// <summary>y = activation(x·Wᵀ + b): (…, in) → (…, out). Weight by the initializer's rule, zero bias.</summary>
public sealed class Linear : Module
{
    private readonly Tensor? bias;
    private readonly Activation activation;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Width of x.</param>
    /// <param name="outputs">Width of y.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="bias">Whether there is a b.</param>
    /// <param name="activation">By the names of <see cref="Activation"/>.</param>
    /// <param name="scale">Multiplies the initial weight; with 0 the layer starts as 0.</param>
    public Linear(
        long inputs, long outputs, Initializer init, bool bias = true, string activation = "none", double scale = 1)
    {
        this.activation = Activation.ByName(activation);
        Weight = Parameter("weight", init.Weight(inputs, outputs, [outputs, inputs], scale));
        this.bias = bias ? Parameter("bias", init.Zeros(outputs)) : null;
    }

    /// <summary>W, (out, in).</summary>
    public Tensor Weight { get; }

    /// <summary>b, (out), or null without one.</summary>
    public Tensor? Bias => bias;

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>Applies the layer to [x, more].</summary>
    public Tensor Forward(Tensor x, Tensor? more)
    {
        using var observed = Profile.Of(this);
        return activation.After(number => Autocast.Input(x).Linear(
            more is null ? null : Autocast.Input(more), Autocast.Weight(Weight), bias, number));
    }
}
