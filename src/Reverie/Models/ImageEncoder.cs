using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The convolutional encoder of World Models, PlaNet and Dreamer (W App. A.1): four layers of kernel 4 and stride 2
/// with ReLU (DreamerV2: ELU), channels d, 2d, 4d, 8d; 64×64 pictures become 2×2·8d values.
/// </summary>
public sealed class ImageEncoder : PictureEncoder
{
    private readonly Conv2d[] _layers;

    /// <summary>Makes the layers for pictures of <paramref name="channels"/> channels.</summary>
    public ImageEncoder(int channels, int depth, Initializer init, string activation = "relu")
    {
        EmbedSize = 2 * 2 * 8 * depth;
        _layers = new Conv2d[4];
        for (var i = 0; i < 4; i++)
            _layers[i] = Register($"conv{i}", new Conv2d(i == 0 ? channels : depth << (i - 1), depth << i, 4, 2, init, activation));
    }

    /// <inheritdoc/>
    public override int EmbedSize { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images)
    {
        using var observed = Profile.Of(this);
        foreach (var layer in _layers) images = layer.Forward(images);
        return images.Permute(0, 2, 3, 1).Reshape(-1, EmbedSize);
    }
}
