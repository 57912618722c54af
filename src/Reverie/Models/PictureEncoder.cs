using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Pictures to what the latent dynamics sees of them.</summary>
public abstract class PictureEncoder : Module
{
    /// <summary>E.</summary>
    public abstract int EmbedSize { get; }

    /// <summary>(N, C, H, W) → (N, E), pixels outermost in E.</summary>
    public abstract Tensor Forward(Tensor images);

    /// <summary>The convolutions that the configuration names.</summary>
    /// <exception cref="ConfigurationException">They do not take such pictures.</exception>
    public static PictureEncoder Create(ModelConfig config, ImageSpace space, Initializer init) => config.Cnn == "planet"
        ? new ImageEncoder(space, config.CnnDepth, init, config.CnnActivation, config.Norm)
        : new NormImageEncoder(space, config.CnnDepth, init, config.CnnActivation, strided: config.Cnn == "strided");

    /// <summary>E of these convolutions, and the multiply-adds of a picture.</summary>
    public static (int EmbedSize, double Products) SizeOf(ModelConfig config, ImageSpace space) => config.Cnn == "planet"
        ? ImageEncoder.Size(space, config.CnnDepth)
        : NormImageEncoder.Size(space, config.CnnDepth, config.Cnn == "strided");

    /// <summary>Refuses pictures that no encoder takes.</summary>
    /// <exception cref="ConfigurationException">They are too small, too large, or of too many channels.</exception>
    internal static void Demand(ImageSpace space)
    {
        if (SpaceRule.FaultOfPicture(space) is { } why)
            throw new ConfigurationException($"model: pictures are {space}: {why}");
    }

    /// <summary>Maps (N, C, H, W) without the lines below and to the right that are too many.</summary>
    internal static Tensor Cut(Tensor x, (int Height, int Width) map)
    {
        if (x.Size(2) != map.Height) x = x.Narrow(2, 0, map.Height);
        return x.Size(3) != map.Width ? x.Narrow(3, 0, map.Width) : x;
    }
}
