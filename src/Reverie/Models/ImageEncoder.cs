using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The convolutional encoder of World Models, PlaNet and Dreamer (W App. A.1): layers of kernel 4 and stride 2 with ReLU
/// (DreamerV2: ELU), channels d, 2d, 4d, …, as many as leave 2 pixels each way: four at 64×64, which become 2×2·8d values.
/// With a norm by setting, over the channels of each pixel, before each activation.
/// </summary>
public sealed class ImageEncoder : PictureEncoder
{
    private const int Kernel = 4, Least = 2;

    private readonly Conv2d[] layers;
    private readonly RmsNorm?[] norms;
    private readonly Activation activation;

    /// <summary>Makes the layers for such pictures; the norm is none or rms.</summary>
    /// <exception cref="ConfigurationException">They are too small, too large, or of too many channels.</exception>
    public ImageEncoder(ImageSpace space, int depth, Initializer init, string activation = "relu", string norm = "none")
    {
        Demand(space);
        var maps = Maps(space);
        (layers, norms) = (new Conv2d[maps.Count], new RmsNorm?[maps.Count]);
        EmbedSize = Size(space, depth).EmbedSize;
        this.activation = Activation.ByName(activation);
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = Register($"conv{i}", new Conv2d(i == 0 ? space.Channels : depth << (i - 1), depth << i, Kernel, 2, init,
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
        for (var i = 0; i < layers.Length; i++)
        {
            images = layers[i].Forward(images);
            if (norms[i] is { } norm) images = norm.ForwardChannels(images, activation);
        }
        return images.Permute(0, 2, 3, 1).Reshape(-1, EmbedSize);
    }

    /// <summary>E, and the multiply-adds of a picture.</summary>
    /// <param name="space">The picture.</param>
    /// <param name="depth">d.</param>
    public static (int EmbedSize, double Products) Size(ImageSpace space, int depth)
    {
        var (maps, sum) = (Maps(space), 0.0);
        for (var i = 0; i < maps.Count; i++)
            sum += (double)maps[i].Height * maps[i].Width * Kernel * Kernel
                * (i == 0 ? space.Channels : depth << (i - 1)) * (depth << i);
        return (maps[^1].Height * maps[^1].Width * (depth << (maps.Count - 1)), sum);
    }

    /// <summary>What each layer makes of the sides of a picture: 64 → 31 → 14 → 6 → 2.</summary>
    internal static IReadOnlyList<(int Height, int Width)> Maps(ImageSpace space)
    {
        var (maps, map) = (new List<(int, int)>(), (space.Height, space.Width));
        while ((map = (After(map.Height), After(map.Width))) is var (height, width) && Math.Min(height, width) >= Least)
            maps.Add(map);
        return maps;

        static int After(int side) => (side - Kernel) / 2 + 1;
    }
}
