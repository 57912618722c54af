using Reverie.Configuration;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// Everything seen of a row predicted from its feature, a Gaussian of unit variance for each kind: an
/// <see cref="ImageDecoder"/> or <see cref="NormImageDecoder"/>, a <see cref="VectorDecoder"/>, or both.
/// </summary>
public sealed class ObservationDecoder : Module
{
    private readonly List<(string Kind, Func<Tensor, UnitNormal> Predict)> parts = [];
    private readonly DType precision;

    /// <summary>Makes the parts that a layout asks for.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="dynamics">Whose features [s, h] are decoded.</param>
    /// <param name="layout">What is to be predicted.</param>
    /// <param name="precision">Type that convolutions compute in, and that pictures come out in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    public ObservationDecoder(
        ModelConfig config, LatentDynamics dynamics, EpisodeLayout layout, DType precision, Initializer init)
    {
        var featureSize = dynamics.FeatureSize;
        this.precision = precision;
        if (layout.Image is { } space)
        {
            Func<Tensor, Tensor> decode = config.Cnn == "planet"
                ? Register("", new ImageDecoder(
                    featureSize, space, config.CnnDepth, init, config.CnnActivation, config.Norm)).Forward
                : Register("", new NormImageDecoder(dynamics.StochSize, dynamics.DeterSize, config.Hidden, config.Blocks,
                    space, config.CnnDepth, init, config.CnnActivation, strided: config.Cnn == "strided")).Forward;
            parts.Add((Observation.ImageKind, features => new(Deconvolve(decode, features), eventDims: 3)));
        }
        if (layout.VectorSize > 0)
        {
            var decoder = Register(Observation.VectorKind, new VectorDecoder(
                featureSize, layout.VectorSize, config.VectorLayers, config.VectorUnits, config.Activation, init,
                config.Norm));
            parts.Add((Observation.VectorKind, features => new(decoder.Forward(features), eventDims: 1)));
        }
    }

    /// <summary>(N, F) → for each kind seen, by name, N distributions of preprocessed observations.</summary>
    public IReadOnlyDictionary<string, UnitNormal> Forward(Tensor features) =>
        parts.ToDictionary(part => part.Kind, part => part.Predict(features));

    private Tensor Deconvolve(Func<Tensor, Tensor> decode, Tensor features)
    {
        using var autocast = new Autocast(precision);
        return decode(features);
    }
}
