using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>What D4PG sees of a row, (N, F): vectors as they are, and of pictures what two convolutions of 3×3 and a dense layer
/// make, normalised and squashed by tanh (CS, "D4PG pixels").</summary>
public sealed class ControlEncoder : Module
{
    private const int Layers = 2;

    private readonly ControlConvolutions? convolutions;
    private readonly ControlHead? head;

    /// <summary>Makes the layers that a layout asks for: none where there are no pictures.</summary>
    /// <param name="config">Channels, units and the activation of the convolutions.</param>
    /// <param name="layout">What is seen.</param>
    /// <param name="precision">Type that convolutions compute in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <exception cref="ConfigurationException">Pictures are too small, too large, or of too many channels; or there is nothing
    /// to see.</exception>
    public ControlEncoder(ModelConfig config, EpisodeLayout layout, DType precision, Initializer init)
    {
        FeatureSize = layout.VectorSize;
        if (layout.Image is null && layout.VectorSize == 0)
            throw new ConfigurationException("the environment gives neither pictures nor vectors; there is nothing to learn from");
        if (layout.Image is not { } space) return;
        convolutions = Register("", new ControlConvolutions(config, space, Layers, precision, init));
        head = Register("head", new ControlHead(convolutions.Size, config.PictureUnits, squashed: true, init));
        FeatureSize += config.PictureUnits;
    }

    /// <summary>F.</summary>
    public int FeatureSize { get; }

    /// <summary>Multiply-adds of a row.</summary>
    public double Products => convolutions is null ? 0 : convolutions.Products + (double)convolutions.Size * head!.Size;

    /// <summary>Observations as the environment gave them, pictures as bytes.</summary>
    public Tensor Forward(Observation seen)
    {
        if (convolutions is null) return seen.Vector!;
        var features = head!.Forward(convolutions.Forward(seen.Image!));
        return seen.Vector is { } vector ? Tensor.Cat([features, vector], -1) : features;
    }
}
