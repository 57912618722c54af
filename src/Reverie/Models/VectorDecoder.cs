using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>The decoder of vector observations: dense layers, the last one linear, the mean of a Gaussian of unit
/// variance over symlog vectors (V3: squared symlog error).</summary>
public sealed class VectorDecoder : Module
{
    private readonly Mlp mlp;

    /// <summary>Makes <paramref name="layers"/> hidden layers and the linear one.</summary>
    public VectorDecoder(int featureSize, int vectorSize, int layers, int units, string activation, Initializer init,
        string norm = "none") =>
        mlp = Register("mlp", new Mlp(featureSize, layers, units, vectorSize, activation, init, norm));

    /// <summary>(N, F) → (N, V).</summary>
    public Tensor Forward(Tensor features) => mlp.Forward(features);
}
