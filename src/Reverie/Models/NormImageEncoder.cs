using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The convolutional encoder of DreamerV3: four times a kernel of 5, half the picture, an RMS norm over the channels of
/// each pixel, an activation; channels 2d, 3d, 4d, 4d. The picture is halved by the largest of 2×2 pixels, or by the
/// stride of the convolution.
/// </summary>
public sealed class NormImageEncoder : PictureEncoder
{
    internal const int Kernel = 5, Stages = 4;

    private readonly Conv2d[] layers = new Conv2d[Stages];
    private readonly RmsNorm[] norms = new RmsNorm[Stages];
    private readonly Activation activation;
    private readonly bool strided;

    /// <summary>Makes the layers.</summary>
    /// <param name="space">Pictures; sides are multiples of 16 and leave 3 to 16 pixels.</param>
    /// <param name="depth">d.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="activation">After each norm.</param>
    /// <param name="strided">Halves by strides, at a quarter of the work.</param>
    /// <exception cref="ReverieException">The sides of the picture do not fit.</exception>
    public NormImageEncoder(ImageSpace space, int depth, Initializer init, string activation = "silu", bool strided = false)
    {
        DemandSides(space);
        (this.activation, this.strided) = (Activation.ByName(activation), strided);
        int[] widths = [space.Channels, 2 * depth, 3 * depth, 4 * depth, 4 * depth];
        for (var i = 0; i < Stages; i++)
        {
            layers[i] = Register($"conv{i}",
                new Conv2d(widths[i], widths[i + 1], Kernel, strided ? 2 : 1, init, same: true));
            norms[i] = Register($"norm{i}", new RmsNorm(widths[i + 1], init));
        }
        EmbedSize = (space.Height >> Stages) * (space.Width >> Stages) * widths[Stages];
    }

    /// <inheritdoc/>
    public override int EmbedSize { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images)
    {
        using var observed = Profile.Of(this);
        for (var i = 0; i < Stages; i++)
        {
            images = layers[i].Forward(images);
            if (!strided) images = images.MaxPool2d(2);
            images = norms[i].ForwardChannels(images, activation);
        }
        return images.Permute(0, 2, 3, 1).Reshape(-1, EmbedSize);
    }

    /// <summary>Refuses pictures that cannot be halved four times.</summary>
    internal static void DemandSides(ImageSpace space)
    {
        foreach (var side in new[] { space.Height, space.Width })
            if (side % 16 != 0 || side / 16 is < 3 or > 16)
                throw new ConfigurationException($"model.cnn: pictures are {space.Height}×{space.Width}; each side must be a "
                    + "multiple of 16 from 48 to 256");
    }
}
