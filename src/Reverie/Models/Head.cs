using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>A scalar predicted from features, as the mean of a Gaussian of unit variance: (…, F) → (…).</summary>
public sealed class Head : Module
{
    private readonly Mlp _mlp;

    /// <summary>Makes the layers.</summary>
    public Head(int featureSize, int layers, int units, string activation, Initializer init) =>
        _mlp = Register("mlp", new Mlp(featureSize, layers, units, 1, activation, init));

    /// <summary>The mean, in the type of the loss.</summary>
    public Tensor Mean(Tensor features) => _mlp.Forward(features).Squeeze(-1).To(features.DType);

    /// <summary>−ln N(target; mean, 1): ½(r − μ)² + ½ ln 2π, shape of <paramref name="target"/>.</summary>
    public Tensor NegativeLogProb(Tensor features, Tensor target) =>
        (Mean(features) - target).Square() * 0.5 + 0.5 * Math.Log(2 * Math.PI);
}
