using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The convolutional encoder of World Models, PlaNet and Dreamer (W App. A.1): four layers of kernel 4 and stride 2
/// with ReLU (DreamerV2: ELU), channels d, 2d, 4d, 8d; 64×64 pictures become 2×2·8d values. With a norm by setting, over the
/// channels of each pixel, before each activation.
/// </summary>
public sealed class ImageEncoder : PictureEncoder
{
    private readonly Conv2d[] layers = new Conv2d[4];
    private readonly RmsNorm?[] norms = new RmsNorm?[4];
    private readonly Activation activation;

    /// <summary>Makes the layers for pictures of <paramref name="channels"/> channels; the norm is none or rms.</summary>
    public ImageEncoder(int channels, int depth, Initializer init, string activation = "relu", string norm = "none")
    {
        EmbedSize = 2 * 2 * 8 * depth;
        this.activation = Activation.ByName(activation);
        for (var i = 0; i < 4; i++)
        {
            layers[i] = Register($"conv{i}", new Conv2d(i == 0 ? channels : depth << (i - 1), depth << i, 4, 2, init,
                norm == "none" ? activation : "none"));
            if (norm == "rms") norms[i] = Register($"norm{i}", new RmsNorm(depth << i, init));
        }
    }

    /// <inheritdoc/>
    public override int EmbedSize { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images)
    {
        using var observed = Profile.Of(this);
        for (var i = 0; i < 4; i++)
        {
            images = layers[i].Forward(images);
            if (norms[i] is { } norm) images = norm.ForwardChannels(images, activation);
        }
        return images.Permute(0, 2, 3, 1).Reshape(-1, EmbedSize);
    }
}
