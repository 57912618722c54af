using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// Everything seen of a row as one embedding: a <see cref="PictureEncoder"/>, a <see cref="VectorEncoder"/>, or both
/// with their embeddings one after the other.
/// </summary>
public sealed class ObservationEncoder : Module
{
    private readonly List<Func<Observation, Tensor>> parts = [];
    private readonly DType precision;

    /// <summary>Makes the parts that a layout asks for.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="layout">What is seen.</param>
    /// <param name="precision">Type that convolutions compute in; vectors need the digits of float32.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    public ObservationEncoder(ModelConfig config, EpisodeLayout layout, DType precision, Initializer init)
    {
        this.precision = precision;
        if (layout.Image is { } space)
        {
            var encoder = Register("", PictureEncoder.Create(config, space, init));
            EmbedSize += encoder.EmbedSize;
            parts.Add(seen => Convolve(encoder, seen.Image!));
        }
        if (layout.VectorSize > 0)
        {
            var encoder = Register(Observation.VectorKind, new VectorEncoder(
                layout.VectorSize, config.VectorLayers, config.VectorUnits, config.Activation, init, config.Norm));
            EmbedSize += encoder.EmbedSize;
            parts.Add(seen => encoder.Forward(seen.Vector!));
        }
    }

    /// <summary>E, the sum over the parts.</summary>
    public int EmbedSize { get; }

    /// <summary>Preprocessed observations of N rows → (N, E), float32.</summary>
    public Tensor Forward(Observation seen) =>
        parts.Count == 1 ? parts[0](seen) : Tensor.Cat([.. parts.Select(part => part(seen))], -1);

    private Tensor Convolve(PictureEncoder encoder, Tensor images)
    {
        using var autocast = new Autocast(precision);
        return encoder.Forward(images).To(DType.Float32);
    }
}
