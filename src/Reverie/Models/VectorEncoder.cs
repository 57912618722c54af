using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The encoder of vector observations: dense layers with an activation, the last one included, so that its embedding is
/// of the same nature as that of <see cref="ImageEncoder"/> (V3: an MLP over symlog vectors).
/// </summary>
public sealed class VectorEncoder : Module
{
    private readonly Mlp _mlp;
    private readonly Activation _activation;

    /// <summary>Makes <paramref name="layers"/> layers, at least 1.</summary>
    public VectorEncoder(int vectorSize, int layers, int units, string activation, Initializer init)
    {
        _mlp = Register("mlp", new Mlp(vectorSize, layers - 1, units, units, activation, init));
        (EmbedSize, _activation) = (units, Activation.ByName(activation));
    }

    /// <summary>E.</summary>
    public int EmbedSize { get; }

    /// <summary>(N, V) → (N, E).</summary>
    public Tensor Forward(Tensor vectors) => _activation.Of(_mlp.Forward(vectors));
}
