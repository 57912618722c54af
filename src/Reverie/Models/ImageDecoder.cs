using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The deconvolutional decoder of World Models, PlaNet and Dreamer (W App. A.1): at 64×64 a linear layer to 32d values on
/// one pixel, then kernels 5, 5, 6, 6 with stride 2 and channels 4d, 2d, d, C. ReLU (DreamerV2: ELU) between, the last layer
/// linear: the mean of a Gaussian of unit variance. With a norm by setting, over the channels of each pixel, before each
/// activation.
/// </summary>
/// <remarks>Other pictures go the same way back from their sides, in as many layers as leave a pixel: a layer has kernel 6
/// where it makes an even side and 5 where it makes an odd one, and where one side is even and the other odd, 6, and the
/// odd one loses its last line. What the layers begin with has 32d values, or as many channels as the next layer has
/// twice.</remarks>
public sealed class ImageDecoder : Module
{
    private readonly Linear input;
    private readonly ConvTranspose2d[] layers;
    private readonly RmsNorm?[] norms;
    private readonly Activation activation;
    private readonly IReadOnlyList<(int Height, int Width)> maps;

    /// <summary>Makes the layers for such pictures; the norm is none or rms.</summary>
    /// <exception cref="ConfigurationException">They are too small, too large, or of too many channels.</exception>
    public ImageDecoder(int featureSize, ImageSpace space, int depth, Initializer init, string activation = "relu", string norm = "none")
    {
        PictureEncoder.Demand(space);
        maps = Maps(space);
        var count = maps.Count - 1;
        (layers, norms) = (new ConvTranspose2d[count], new RmsNorm?[count]);
        this.activation = Activation.ByName(activation);
        var widths = Widths(space, depth);
        input = Register("input", new Linear(featureSize, widths[0] * maps[0].Height * maps[0].Width, init));
        for (var i = 0; i < count; i++)
        {
            var (last, inputs, outputs, kernel) = (i == count - 1, widths[i], widths[i + 1], KernelTo(maps[i + 1]));
            layers[i] = Register($"deconv{i}",
                new ConvTranspose2d(inputs, outputs, kernel, 2, init, last || norm != "none" ? "none" : activation));
            if (norm == "rms" && !last) norms[i] = Register($"norm{i}", new RmsNorm(outputs, init));
        }
    }

    /// <summary>(N, F) → (N, C, H, W).</summary>
    public Tensor Forward(Tensor features)
    {
        using var observed = Profile.Of(this);
        var (height, width) = maps[0];
        var x = input.Forward(features);                                    // (N, 32d) at 64×64
        x = (height, width) == (1, 1) ? x.Unsqueeze(-1).Unsqueeze(-1)       // (N, 32d, 1, 1)
            : x.Reshape(x.Size(0), height, width, -1).Permute(0, 3, 1, 2);  // (N, ·, h, w)
        for (var i = 0; i < layers.Length; i++)
        {
            x = PictureEncoder.Cut(layers[i].Forward(x), maps[i + 1]);
            if (norms[i] is { } norm) x = norm.ForwardChannels(x, activation);
        }
        return x;
    }

    /// <summary>Multiply-adds of a picture: a transposed convolution multiplies once per pixel of its input.</summary>
    /// <param name="featureSize">F.</param>
    /// <param name="space">The picture.</param>
    /// <param name="depth">d.</param>
    public static double Products(int featureSize, ImageSpace space, int depth)
    {
        var (maps, widths) = (Maps(space), Widths(space, depth));
        var sum = (double)featureSize * widths[0] * maps[0].Height * maps[0].Width;
        for (var i = 0; i < maps.Count - 1; i++)
            sum += Math.Pow(KernelTo(maps[i + 1]), 2) * maps[i].Height * maps[i].Width * widths[i] * widths[i + 1];
        return sum;
    }

    /// <summary>Sides on the way to a picture, its own last: 1 → 5 → 13 → 30 → 64.</summary>
    internal static IReadOnlyList<(int Height, int Width)> Maps(ImageSpace space)
    {
        var (maps, map) = (new List<(int, int)>(), (space.Height, space.Width));
        for (; map is var (height, width) && Math.Min(height, width) >= 1; map = (Before(height), Before(width)))
            maps.Insert(0, map);
        return maps;

        static int Before(int side) => side < 5 ? 0 : (side - KernelTo(side)) / 2 + 1;
    }

    /// <summary>Channels of each of them: 32d, 4d, 2d, d, C.</summary>
    internal static int[] Widths(ImageSpace space, int depth)
    {
        var maps = Maps(space);
        var first = Math.Max(depth << (maps.Count - 2), 32 * depth / (maps[0].Height * maps[0].Width));
        return [first, .. Enumerable.Range(0, maps.Count - 2).Select(i => depth << (maps.Count - 3 - i)), space.Channels];
    }

    /// <summary>Kernel of the layer that makes a map.</summary>
    internal static int KernelTo((int Height, int Width) map) => Math.Max(KernelTo(map.Height), KernelTo(map.Width));

    private static int KernelTo(int side) => side % 2 == 0 ? 6 : 5;
}
