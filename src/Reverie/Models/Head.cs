using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>A scalar predicted from features, as a Gaussian of unit variance: (…, F) → (…).</summary>
public sealed class Head : Module
{
    private readonly Mlp _mlp;

    /// <summary>Makes the layers.</summary>
    public Head(int featureSize, int layers, int units, string activation, Initializer init) =>
        _mlp = Register("mlp", new Mlp(featureSize, layers, units, 1, activation, init));

    /// <summary>The distribution, in the type of the features.</summary>
    public UnitNormal Forward(Tensor features) => new(_mlp.Forward(features).Squeeze(-1).To(features.DType), eventDims: 0);
}
