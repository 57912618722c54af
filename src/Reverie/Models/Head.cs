using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>A scalar predicted from features, (…, F) → (…): as the mean of a Gaussian of unit variance, or as one of 255
/// numbers of any size (V3).</summary>
public sealed class Head : Module
{
    private const int Numbers = 255;

    private readonly Mlp mlp;
    private readonly bool twoHot;

    /// <summary>Makes the layers.</summary>
    /// <param name="featureSize">F.</param>
    /// <param name="layers">Hidden layers.</param>
    /// <param name="units">Of each.</param>
    /// <param name="activation">Between them.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="norm">Before each activation: <c>none</c> or <c>rms</c>.</param>
    /// <param name="distribution"><c>normal</c> or <c>symexp_twohot</c>.</param>
    /// <param name="outScale">Of the last layer's first weights; with 0 and 255 numbers the prediction starts as 0.</param>
    public Head(int featureSize, int layers, int units, string activation, Initializer init, string norm = "none",
        string distribution = "normal", double outScale = 1)
    {
        twoHot = distribution == "symexp_twohot";
        var outputs = twoHot ? Numbers : 1;
        mlp = Register("mlp", new Mlp(featureSize, layers, units, outputs, activation, init, norm, outScale));
    }

    /// <summary>The distribution: a Gaussian in the type of the features.</summary>
    public Distribution Forward(Tensor features)
    {
        var outputs = mlp.Forward(features);
        return twoHot ? new SymexpTwoHot(outputs) : new UnitNormal(outputs.Squeeze(-1).To(features.DType), eventDims: 0);
    }
}
