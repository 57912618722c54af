using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The encoder of vector observations: dense layers with an activation, the last one included, so that its embedding is
/// of the same nature as that of <see cref="ImageEncoder"/> (V3: an MLP over symlog vectors).
/// </summary>
public sealed class VectorEncoder : Module
{
    private readonly Func<Tensor, Tensor> layers;

    /// <summary>Makes <paramref name="layers"/> layers, at least 1.</summary>
    public VectorEncoder(int vectorSize, int layers, int units, string activation, Initializer init, string norm = "none")
    {
        EmbedSize = units;
        if (norm != "none")
        {
            this.layers = Register("mlp", new MlpTrunk(vectorSize, layers, units, activation, init, norm)).Forward;
            return;
        }
        var mlp = Register("mlp", new Mlp(vectorSize, layers - 1, units, units, activation, init));
        var last = Activation.ByName(activation);
        this.layers = x => last.Of(mlp.Forward(x));
    }

    /// <summary>E.</summary>
    public int EmbedSize { get; }

    /// <summary>(N, V) → (N, E).</summary>
    public Tensor Forward(Tensor vectors) => layers(vectors);
}
