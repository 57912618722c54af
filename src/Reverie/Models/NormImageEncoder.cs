using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The convolutional encoder of DreamerV3: four times a kernel of 5, half the picture, an RMS norm over the channels of
/// each pixel, an activation; channels 2d, 3d, 4d, 4d. The picture is halved by the largest of 2×2 pixels, or by the
/// stride of the convolution.
/// </summary>
/// <remarks>Below 48 pixels there are fewer halvings, so that 3 are left, and above 256 more, of 4d channels, so that 16
/// are. A side that cannot be halved has its last line twice, or beside it a zero where convolutions stride.</remarks>
public sealed class NormImageEncoder : PictureEncoder
{
    internal const int Kernel = 5;
    private const int Least = 3, Most = 16;

    private readonly Conv2d[] layers;
    private readonly RmsNorm[] norms;
    private readonly Activation activation;
    private readonly bool strided;

    /// <summary>Makes the layers.</summary>
    /// <param name="space">Pictures.</param>
    /// <param name="depth">d.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="activation">After each norm.</param>
    /// <param name="strided">Halves by strides, at a quarter of the work.</param>
    /// <exception cref="ConfigurationException">They are too small, too large, or of too many channels.</exception>
    public NormImageEncoder(ImageSpace space, int depth, Initializer init, string activation = "silu", bool strided = false)
    {
        Demand(space);
        (this.activation, this.strided) = (Activation.ByName(activation), strided);
        var widths = Widths(space, depth);
        (layers, norms) = (new Conv2d[widths.Length - 1], new RmsNorm[widths.Length - 1]);
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = Register($"conv{i}",
                new Conv2d(widths[i], widths[i + 1], Kernel, strided ? 2 : 1, init, same: true));
            norms[i] = Register($"norm{i}", new RmsNorm(widths[i + 1], init));
        }
        EmbedSize = Size(space, depth, strided).EmbedSize;
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
            if (!strided) images = Even(images).MaxPool2d(2);
            images = norms[i].ForwardChannels(images, activation);
        }
        return images.Permute(0, 2, 3, 1).Reshape(-1, EmbedSize);
    }

    /// <summary>E, and the multiply-adds of a picture, which the decoder's layers take as well.</summary>
    /// <param name="space">The picture.</param>
    /// <param name="depth">d.</param>
    /// <param name="strided">Whether convolutions stride; others run at twice the sides.</param>
    public static (int EmbedSize, double Products) Size(ImageSpace space, int depth, bool strided)
    {
        var (maps, widths, sum) = (Maps(space), Widths(space, depth), 0.0);
        for (var i = 0; i < maps.Count - 1; i++)
        {
            var (height, width) = strided ? maps[i + 1] : maps[i];
            sum += (double)Kernel * Kernel * height * width * widths[i] * widths[i + 1];
        }
        return (maps[^1].Height * maps[^1].Width * widths[^1], sum);
    }

    /// <summary>Sides of a picture, its own first, each half of those before: 64 → 32 → 16 → 8 → 4.</summary>
    internal static IReadOnlyList<(int Height, int Width)> Maps(ImageSpace space)
    {
        List<(int Height, int Width)> maps = [(space.Height, space.Width)];
        while (maps.Count <= 4 || Math.Max(maps[^1].Height, maps[^1].Width) > Most)
        {
            var half = ((maps[^1].Height + 1) / 2, (maps[^1].Width + 1) / 2);
            if (Math.Min(half.Item1, half.Item2) < Least) break;
            maps.Add(half);
        }
        return maps;
    }

    /// <summary>Channels of each of them: C, 2d, 3d, 4d, 4d.</summary>
    internal static int[] Widths(ImageSpace space, int depth) =>
        [space.Channels, .. Enumerable.Range(2, Maps(space).Count - 2).Select(i => Math.Min(i, 4) * depth), 4 * depth];

    private static Tensor Even(Tensor x)
    {
        for (var side = 2; side <= 3; side++)
            if (x.Size(side) % 2 == 1) x = Tensor.Cat([x, x.Narrow(side, x.Size(side) - 1, 1)], side);
        return x;
    }
}
