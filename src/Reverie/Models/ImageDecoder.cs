using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The deconvolutional decoder of World Models, PlaNet and Dreamer (W App. A.1): a linear layer to 32d values on one
/// pixel, then kernels 5, 5, 6, 6 with stride 2 and channels 4d, 2d, d, C. ReLU (DreamerV2: ELU) between, the last layer
/// linear: the mean of a Gaussian of unit variance. With a norm by setting, over the channels of each pixel, before each
/// activation.
/// </summary>
public sealed class ImageDecoder : Module
{
    private readonly Linear input;
    private readonly ConvTranspose2d[] layers = new ConvTranspose2d[4];
    private readonly RmsNorm?[] norms = new RmsNorm?[4];
    private readonly Activation activation;

    /// <summary>Makes the layers; the norm is none or rms.</summary>
    public ImageDecoder(int featureSize, int channels, int depth, Initializer init, string activation = "relu", string norm = "none")
    {
        var width = 32 * depth;
        this.activation = Activation.ByName(activation);
        input = Register("input", new Linear(featureSize, width, init));
        (int In, int Out, int Kernel)[] shapes = [(width, 4 * depth, 5), (4 * depth, 2 * depth, 5), (2 * depth, depth, 6), (depth, channels, 6)];
        for (var i = 0; i < 4; i++)
        {
            var (last, (inputs, outputs, kernel)) = (i == 3, shapes[i]);
            layers[i] = Register($"deconv{i}",
                new ConvTranspose2d(inputs, outputs, kernel, 2, init, last || norm != "none" ? "none" : activation));
            if (norm == "rms" && !last) norms[i] = Register($"norm{i}", new RmsNorm(outputs, init));
        }
    }

    /// <summary>(N, F) → (N, C, 64, 64).</summary>
    public Tensor Forward(Tensor features)
    {
        using var observed = Profile.Of(this);
        var x = input.Forward(features).Unsqueeze(-1).Unsqueeze(-1);       // (N, 32d, 1, 1)
        for (var i = 0; i < 4; i++)
        {
            x = layers[i].Forward(x);
            if (norms[i] is { } norm) x = norm.ForwardChannels(x, activation);
        }
        return x;
    }
}
