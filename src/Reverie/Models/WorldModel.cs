using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models.Dynamics;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// Encoder, latent dynamics, decoder and reward head: what PlaNet and its descendants learn. It has no loss; losses are
/// what the papers differ in.
/// </summary>
public sealed class WorldModel : Module
{
    private readonly int _bits;
    private readonly DType _precision;

    /// <summary>Makes the model for an environment.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="image">The pictures; 64×64, which the layers are made for.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="precision">Type that convolutions compute in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    public WorldModel(ModelConfig config, ImageSpace image, int actionSize, DType precision, Initializer init)
    {
        if (image.Height != 64 || image.Width != 64)
            throw new ReverieException($"model: pictures are {image.Height}×{image.Width}; the encoder takes 64×64");
        (_bits, _precision, Image, ActionSize) = (config.ImageBits, precision, image, actionSize);
        Encoder = Register("encoder", new Encoder(image.Channels, config.CnnDepth, init));
        Dynamics = Register("dynamics", LatentDynamics.Create(config, actionSize, Encoder.EmbedSize, init));
        Decoder = Register("decoder", new Decoder(Dynamics.FeatureSize, image.Channels, config.CnnDepth, init));
        Reward = Register("reward", new Head(Dynamics.FeatureSize, config.RewardLayers, config.RewardUnits, config.Activation, init));
    }

    public Encoder Encoder { get; }
    public LatentDynamics Dynamics { get; }
    public Decoder Decoder { get; }
    public Head Reward { get; }

    /// <summary>The pictures it was made for.</summary>
    public ImageSpace Image { get; }

    /// <summary>Bits of a colour channel that the model works with.</summary>
    public int Bits => _bits;

    /// <summary>A.</summary>
    public int ActionSize { get; }

    /// <summary>Bytes to the decoder's scale [−½, ½): quantised to few bits, plus noise that fills the steps, drawn anew
    /// at each use (P App. A).</summary>
    /// <param name="images">uint8 (N, C, 64, 64).</param>
    /// <param name="noiseSeed">Decides the noise.</param>
    public Tensor Preprocess(Tensor images, long noiseSeed) => images.Dequantize(_bits, noiseSeed);

    /// <summary>The inverse, for display: (N, C, 64, 64) → bytes (N, H, W, C). White becomes 256 − 2^(8−bits).</summary>
    public byte[] Postprocess(Tensor images)
    {
        var levels = 1 << _bits;
        return ((images.To(DType.Float32) + 0.5) * levels).Floor().Clamp(0, levels - 1).Permute(0, 2, 3, 1)
            .Contiguous().To(DType.UInt8).ToArray<byte>().Select(level => (byte)(level * (256 / levels))).ToArray();
    }

    /// <summary>Preprocessed pictures (N, C, 64, 64) → embeddings (N, E), float32.</summary>
    public Tensor Embed(Tensor images)
    {
        using var autocast = new Autocast(_precision);
        return Encoder.Forward(images).To(DType.Float32);
    }

    /// <summary>Features (…, F) → means of the pictures (N, C, 64, 64), in the type computed in.</summary>
    public Tensor Decode(Tensor features)
    {
        using var autocast = new Autocast(_precision);
        return Decoder.Forward(features.Reshape(-1, Dynamics.FeatureSize));
    }

    /// <summary>Filters a chunk from the zero state.</summary>
    /// <param name="images">Preprocessed, (L·B, C, 64, 64).</param>
    /// <param name="batch">Its actions and resets.</param>
    /// <param name="noise">Source of the samples.</param>
    /// <returns>Posterior and prior, parts (L, B, ·).</returns>
    public (LatentState Posterior, LatentState Prior) Observe(Tensor images, ModelBatch batch, Generator noise)
    {
        var embed = Embed(images).Reshape(batch.Length, batch.Batch, -1);                                   // (L, B, E)
        var epsilon = Tensor.Randn([batch.Length, batch.Batch, Dynamics.StochSize], noise);            // (L, B, S)
        return Dynamics.Observe(embed, batch.Action, batch.Continues, Dynamics.Initial(batch.Batch), epsilon);
    }

    /// <summary>Open-loop prediction: filters the first rows, then imagines along the actions that were taken.</summary>
    /// <param name="batch">A chunk of more than <paramref name="context"/> rows.</param>
    /// <param name="context">Rows whose pictures the model sees (5 in P App. H).</param>
    /// <param name="noise">Source of the samples.</param>
    /// <param name="noiseSeed">Noise of the pictures seen.</param>
    /// <returns>Features of all L rows, (L, B, F): posterior ones, then imagined ones.</returns>
    public Tensor OpenLoop(ModelBatch batch, int context, Generator noise, long noiseSeed)
    {
        var images = Preprocess(batch.Image.Narrow(0, 0, context * batch.Batch), noiseSeed);
        var seen = new ModelBatch(images, batch.Action.Narrow(0, 0, context), batch.Reward.Narrow(0, 0, context),
            batch.Continues?.Narrow(0, 0, context));
        var (posterior, _) = Observe(images, seen, noise);
        var ahead = batch.Length - context;
        if (ahead == 0) return Dynamics.Feature(posterior);
        var epsilon = Tensor.Randn([ahead, batch.Batch, Dynamics.StochSize], noise);
        var imagined = Dynamics.Imagine(posterior.Map(part => part[context - 1]), batch.Action.Narrow(0, context, ahead), epsilon);
        return Tensor.Cat([Dynamics.Feature(posterior), Dynamics.Feature(imagined)]);
    }
}
