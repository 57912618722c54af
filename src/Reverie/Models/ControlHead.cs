using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>What an agent makes of the maps of a picture: a dense layer and a layer norm, (N, in) → (N, out), with a tanh after
/// them (CS) or without (CU).</summary>
public sealed class ControlHead : Module
{
    private const double NormEpsilon = 1e-5;

    private readonly Linear dense;
    private readonly LayerNorm norm;
    private readonly bool squashed;

    /// <summary>Makes the layers <c>dense</c> and <c>norm</c>.</summary>
    public ControlHead(int inputs, int outputs, bool squashed, Initializer init)
    {
        (this.squashed, Size) = (squashed, outputs);
        dense = Register("dense", new Linear(inputs, outputs, init));
        norm = Register("norm", new LayerNorm(outputs, init, NormEpsilon));
    }

    /// <summary>Features of a row.</summary>
    public int Size { get; }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor maps)
    {
        var features = norm.Forward(dense.Forward(maps));
        return squashed ? features.Tanh() : features;
    }
}
