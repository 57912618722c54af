namespace Reverie.Torch.Nn;

/// <summary>Divides by the root of the mean square, then scales by parameters that start at 1:
/// y = s·x/√(mean x² + ε) (Zhang and Sennrich 2019). There is no shift. Computed in the type of the parameters.</summary>
public sealed class RmsNorm : Module
{
    private static readonly Activation None = Activation.ByName("none");

    private readonly Tensor scale;
    private readonly double epsilon;

    /// <summary>Makes the layer. DreamerV3's ε is 1e-4.</summary>
    public RmsNorm(long units, Initializer init, double epsilon = 1e-4)
    {
        scale = Parameter("scale", init.Constant(1, units));
        this.epsilon = epsilon;
    }

    /// <summary>Applies the layer to the last dimension: (…, D) → (…, D), in the type of the parameters.</summary>
    public Tensor Forward(Tensor x) => Forward(x, None);

    /// <summary>The same and an activation, in one pass where that is SiLU.</summary>
    public Tensor Forward(Tensor x, Activation activation)
    {
        using var observed = Profile.Of(this);
        return activation.AfterNorm(silu => x.RmsNorm(scale, epsilon, silu, scale.DType));
    }

    /// <summary>Applies the layer to the channels of every pixel: (N, C, H, W) that lie channels-last → the same, in the
    /// type of <paramref name="x"/>.</summary>
    public Tensor ForwardChannels(Tensor x) => ForwardChannels(x, None);

    /// <summary>The same and an activation, in one pass where that is SiLU.</summary>
    public Tensor ForwardChannels(Tensor x, Activation activation)
    {
        using var observed = Profile.Of(this);
        return activation.AfterNorm(
            silu => x.Permute(0, 2, 3, 1).RmsNorm(scale, epsilon, silu, x.DType).Permute(0, 3, 1, 2));
    }
}
