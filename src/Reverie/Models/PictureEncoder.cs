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
    public static PictureEncoder Create(ModelConfig config, ImageSpace space, Initializer init) => config.Cnn == "planet"
        ? new ImageEncoder(space.Channels, config.CnnDepth, init, config.CnnActivation, config.Norm)
        : new NormImageEncoder(space, config.CnnDepth, init, config.CnnActivation, strided: config.Cnn == "strided");
}
