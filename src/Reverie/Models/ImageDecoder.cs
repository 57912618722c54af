using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The deconvolutional decoder of World Models, PlaNet and Dreamer (W App. A.1): a linear layer to 32d values on one
/// pixel, then kernels 5, 5, 6, 6 with stride 2 and channels 4d, 2d, d, C. ReLU (DreamerV2: ELU) between, the last layer
/// linear: the mean of a Gaussian of unit variance.
/// </summary>
public sealed class ImageDecoder : Module
{
    private readonly Linear _input;
    private readonly ConvTranspose2d[] _layers;

    /// <summary>Makes the layers.</summary>
    public ImageDecoder(int featureSize, int channels, int depth, Initializer init, string activation = "relu")
    {
        var width = 32 * depth;
        _input = Register("input", new Linear(featureSize, width, init));
        (int In, int Out, int Kernel)[] shapes = [(width, 4 * depth, 5), (4 * depth, 2 * depth, 5), (2 * depth, depth, 6), (depth, channels, 6)];
        _layers = shapes.Select((s, i) => Register($"deconv{i}", new ConvTranspose2d(s.In, s.Out, s.Kernel, 2, init, i < 3 ? activation : "none"))).ToArray();
    }

    /// <summary>(N, F) → (N, C, 64, 64).</summary>
    public Tensor Forward(Tensor features)
    {
        using var observed = Profile.Of(this);
        var x = _input.Forward(features).Unsqueeze(-1).Unsqueeze(-1);       // (N, 32d, 1, 1)
        foreach (var layer in _layers) x = layer.Forward(x);
        return x;
    }
}
