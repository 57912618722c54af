using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// The decoder of DreamerV3: h through a block layer and s through two layers make two maps of the sides and the channels
/// that <see cref="NormImageEncoder"/> leaves, a sixteenth of the picture's and 4d at 64×64, which are added; then back,
/// each time twice the sides, less a line where the encoder had one too many, and a kernel of 5, with RMS norms and activations
/// between. Sides are doubled by copying pixels, or by transposed convolutions.
/// </summary>
/// <remarks>Colours come out of a sigmoid, less ½: pictures are [−½, ½] everywhere here.</remarks>
public sealed class NormImageDecoder : Module
{
    private readonly BlockLinear fromDeter;
    private readonly Dense stochHidden;
    private readonly Linear fromStoch;
    private readonly RmsNorm[] norms;
    private readonly Module[] layers;
    private readonly Activation activation;
    private readonly IReadOnlyList<(int Height, int Width)> maps;
    private readonly int stoch, deter, height, width, channels, blocks;

    /// <summary>Makes the layers.</summary>
    /// <param name="stochSize">S; features are [s, h].</param>
    /// <param name="deterSize">D.</param>
    /// <param name="units">Half of the units between s and its map.</param>
    /// <param name="blocks">Blocks of h, which divide the channels of the smallest map.</param>
    /// <param name="space">Pictures.</param>
    /// <param name="depth">d.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="activation">After each norm.</param>
    /// <param name="strided">Doubles by transposed convolutions, at a quarter of the work.</param>
    public NormImageDecoder(int stochSize, int deterSize, int units, int blocks, ImageSpace space, int depth,
        Initializer init, string activation = "silu", bool strided = false)
    {
        (stoch, deter, this.blocks) = (stochSize, deterSize, blocks);
        PictureEncoder.Demand(space);
        maps = [.. NormImageEncoder.Maps(space).Reverse()];
        int[] widths = [.. NormImageEncoder.Widths(space, depth).Reverse()];
        var count = widths.Length - 1;
        (norms, layers) = (new RmsNorm[count], new Module[count]);
        ((height, width), channels) = (maps[0], widths[0]);
        this.activation = Activation.ByName(activation);
        var map = height * width * channels;
        fromDeter = Register("from_deter", new BlockLinear(deterSize, map, blocks, init));
        stochHidden = Register("stoch_hidden", new Dense(stochSize, 2 * units, activation, init, "rms"));
        fromStoch = Register("from_stoch", new Linear(2 * units, map, init));
        for (var i = 0; i < count; i++)
        {
            norms[i] = Register($"norm{i}", new RmsNorm(widths[i], init));
            layers[i] = strided
                ? Register($"deconv{i}", new ConvTranspose2d(widths[i], widths[i + 1], NormImageEncoder.Kernel, 2, init, same: true))
                : Register($"conv{i}", new Conv2d(widths[i], widths[i + 1], NormImageEncoder.Kernel, 1, init, same: true));
        }
    }

    /// <summary>(N, F) → (N, C, H, W).</summary>
    public Tensor Forward(Tensor features)
    {
        using var observed = Profile.Of(this);
        var (stoch, deter) = (features.Narrow(-1, 0, this.stoch), features.Narrow(-1, this.stoch, this.deter));
        var blocks = fromDeter.Forward(deter).Reshape(-1, this.blocks, height * width, channels / this.blocks)
            .Transpose(1, 2).Reshape(-1, height * width * channels);                     // (N, h·w·4d)
        var x = (blocks + fromStoch.Forward(stochHidden.Forward(stoch)))
            .Reshape(-1, height, width, channels).Permute(0, 3, 1, 2);                   // (N, 4d, h, w)
        for (var i = 0; i < layers.Length; i++)
        {
            x = norms[i].ForwardChannels(x, activation);
            x = layers[i] is Conv2d conv ? conv.Forward(PictureEncoder.Cut(x.UpsampleNearest2d(2), maps[i + 1]))
                : PictureEncoder.Cut(((ConvTranspose2d)layers[i]).Forward(x), maps[i + 1]);
        }
        return x.Sigmoid() - 0.5;
    }
}
