using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// V of World Models (W App. A.1): a variational autoencoder of pictures, at 64×64 four convolutions down to a
/// Gaussian over z and four transposed ones back, the last through a sigmoid. It sees single pictures and no rewards.
/// </summary>
public sealed class Vae : Module
{
    private readonly ImageEncoder encoder;
    private readonly ImageDecoder decoder;
    private readonly Linear mean, logVariance;
    private readonly DType precision;
    private readonly double freeNats;

    /// <summary>Makes the layers.</summary>
    /// <param name="config">Size of z and the floor of its divergence.</param>
    /// <param name="space">The pictures.</param>
    /// <param name="depth">Channels of the first convolution; 32 in the paper.</param>
    /// <param name="precision">Type that convolutions compute in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    public Vae(VaeConfig config, ImageSpace space, int depth, DType precision, Initializer init)
    {
        (Latents, this.precision, freeNats) = (config.Latents, precision, config.KlTolerance * config.Latents);
        encoder = Register("encoder", new ImageEncoder(space, depth, init));
        mean = Register("mean", new Linear(encoder.EmbedSize, Latents, init));
        logVariance = Register("log_variance", new Linear(encoder.EmbedSize, Latents, init));
        decoder = Register("decoder", new ImageDecoder(Latents, space, depth, init));
    }

    /// <summary>Size of z.</summary>
    public int Latents { get; }

    /// <summary>Bytes of pictures (N, C, H, W) to [0, 1].</summary>
    public static Tensor Preprocess(Tensor images) => images.ScaleBytes(8) + 0.5;

    /// <summary>q(z | x) of pictures in [0, 1], as [μ, ln σ²]: (N, C, H, W) → (N, 2Z), float32.</summary>
    public Tensor Encode(Tensor images)
    {
        using var autocast = new Autocast(precision);
        var embed = encoder.Forward(images);                                               // (N, E)
        return Tensor.Cat([mean.Forward(embed), logVariance.Forward(embed)], -1).To(DType.Float32);
    }

    /// <summary>The Gaussian that an <see cref="Encode">encoding</see> (…, 2Z) stands for.</summary>
    public static GaussianLatent Latent(Tensor encoding)
    {
        var parts = encoding.Split(encoding.Size(-1) / 2, -1);
        return new(parts[0], (parts[1] * 0.5).Exp());
    }

    /// <summary>Pictures in [0, 1] from z: (N, Z) → (N, C, H, W), float32.</summary>
    public Tensor Decode(Tensor latents)
    {
        using var autocast = new Autocast(precision);
        return decoder.Forward(latents).To(DType.Float32).Sigmoid();
    }

    /// <summary>Pictures in [0, 1] as bytes, (N, C, H, W) → (N, H, W, C).</summary>
    public static byte[] Postprocess(Tensor images) => AsBytes(images).ToArray<byte>();

    /// <summary>The same as a tensor, uint8 (N, H, W, C).</summary>
    internal static Tensor AsBytes(Tensor images) =>
        (images * 255 + 0.5).Clamp(0, 255).Permute(0, 2, 3, 1).Contiguous().To(DType.UInt8);

    /// <summary>The two terms of the loss, each (N): Σ (x − y)² over the picture, and the divergence from N(0, I),
    /// which costs nothing more below κ·Z nats.</summary>
    /// <param name="images">In [0, 1].</param>
    /// <param name="noise">Standard normal, (N, Z).</param>
    public (Tensor Image, Tensor Kl) Losses(Tensor images, Tensor noise)
    {
        var encoding = Encode(images);
        var decoded = Decode(Latent(encoding).Sample(noise));
        return (decoded.HalfSquaredError(images) * 2, Divergence(encoding).Clamp(freeNats, null));
    }

    /// <summary>KL(q ‖ N(0, I)) = −½ Σ (1 + ln σ² − μ² − σ²): (N, 2Z) → (N).</summary>
    public static Tensor Divergence(Tensor encoding)
    {
        var parts = encoding.Split(encoding.Size(-1) / 2, -1);
        return (parts[1] + 1 - parts[0].Square() - parts[1].Exp()).Sum(-1) * -0.5;
    }
}
