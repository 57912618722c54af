using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Dense layers of widths of their own, then a linear one: (…, in) → (…, out). With a first norm there are a layer norm
/// and tanh after the first layer and ELU after the others, which keeps what comes from vectors of any size in bounds (AC);
/// without one all have the same activation.</summary>
public sealed class ControlNet : Module
{
    private const double NormEpsilon = 1e-5;

    private readonly Linear[] layers;
    private readonly LayerNorm? norm;
    private readonly Linear last;

    /// <summary>Makes the layers <c>layer0</c>…, <c>norm</c> and <c>out</c>.</summary>
    /// <param name="inputs">Width of x.</param>
    /// <param name="widths">Of the hidden layers.</param>
    /// <param name="outputs">Width of the result.</param>
    /// <param name="activation">Of the hidden layers, by the names of <see cref="Activation"/>; not looked at with a first
    /// norm.</param>
    /// <param name="firstNorm">Whether there is one.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="outScale">Multiplies the initial weight of the last layer.</param>
    public ControlNet(long inputs, IReadOnlyList<int> widths, long outputs, string activation, bool firstNorm,
        Initializer init, double outScale = 1)
    {
        layers = new Linear[widths.Count];
        for (var i = 0; i < layers.Length; i++)
            layers[i] = Register($"layer{i}", new Linear(i == 0 ? inputs : widths[i - 1], widths[i], init,
                activation: !firstNorm ? activation : i == 0 ? "none" : "elu"));
        if (firstNorm && widths.Count > 0) norm = Register("norm", new LayerNorm(widths[0], init, NormEpsilon));
        last = Register("out", new Linear(widths.Count == 0 ? inputs : widths[^1], outputs, init, scale: outScale));
    }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>Applies the layers to [x, more].</summary>
    public Tensor Forward(Tensor x, Tensor? more)
    {
        using var observed = Profile.Of(this);
        for (var i = 0; i < layers.Length; i++)
        {
            x = layers[i].Forward(x, i == 0 ? more : null);
            if (i == 0 && norm is not null) x = norm.Forward(x).Tanh();
        }
        return layers.Length == 0 ? last.Forward(x, more) : last.Forward(x);
    }
}
