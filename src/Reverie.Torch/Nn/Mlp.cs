namespace Reverie.Torch.Nn;

/// <summary>Dense layers of equal width with an activation, then a linear one: (…, in) → (…, out).</summary>
public sealed class Mlp : Module
{
    private readonly MlpTrunk trunk;
    private readonly Linear last;

    /// <summary>Makes <paramref name="layers"/> hidden layers named <c>layer0</c>… and the last one, <c>out</c>.</summary>
    /// <param name="inputs">Width of x.</param>
    /// <param name="layers">Number of hidden layers.</param>
    /// <param name="units">Width of the hidden layers.</param>
    /// <param name="outputs">Width of the result.</param>
    /// <param name="activation">Of the hidden layers, by the names of <see cref="Activation"/>.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="norm">Of the hidden layers, as of <see cref="Dense"/>.</param>
    /// <param name="outScale">Multiplies the initial weight of the last layer; with 0 the result starts as 0.</param>
    public Mlp(long inputs, int layers, long units, long outputs, string activation, Initializer init,
        string norm = "none", double outScale = 1)
    {
        trunk = Register("", new MlpTrunk(inputs, layers, units, activation, init, norm));
        last = Register("out", new Linear(trunk.OutputSize, outputs, init, scale: outScale));
    }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        return last.Forward(trunk.Forward(x));
    }
}
