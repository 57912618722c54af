namespace Reverie.Torch.Nn;

/// <summary>A dense layer with a norm between product and activation: activation(norm(x·Wᵀ + b)), (…, in) → (…, out).
/// The bias is there beside the norm too (DreamerV3).</summary>
public sealed class Dense : Module
{
    private readonly Linear linear;
    private readonly RmsNorm? norm;
    private readonly Activation activation;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Width of x.</param>
    /// <param name="outputs">Width of the result.</param>
    /// <param name="activation">By the names of <see cref="Activation"/>.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="norm"><c>rms</c> for <see cref="RmsNorm"/>, or <c>none</c>.</param>
    public Dense(long inputs, long outputs, string activation, Initializer init, string norm = "none")
    {
        this.activation = Activation.ByName(activation);
        RequireNorm(norm);
        // Without a norm the activation is part of the product's pass.
        linear = Register("linear", new Linear(
            inputs, outputs, init, activation: norm == "none" ? activation : "none"));
        this.norm = norm == "none" ? null : Register("norm", new RmsNorm(outputs, init));
    }

    /// <summary>Applies the layer. With a norm the result is of the parameters' type, as the norm's is.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        var y = linear.Forward(x);
        return norm is null ? y : norm.Forward(y, activation);
    }

    /// <exception cref="ArgumentException">There is no norm of that name.</exception>
    internal static void RequireNorm(string norm)
    {
        if (norm is not ("none" or "rms"))
            throw new ArgumentException($"norm '{norm}' is unknown; use rms or none", nameof(norm));
    }
}
