using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>
/// Encoder, latent dynamics, decoder and reward head: what PlaNet and its descendants learn. It has no loss; losses are
/// what the papers differ in.
/// </summary>
public sealed class WorldModel : Module, ILatentWorld
{
    private readonly bool imageNoise, tanhReward;
    private readonly DType precision;

    /// <summary>Makes the model for an environment.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="layout">What is seen and done.</param>
    /// <param name="precision">Type that convolutions and the products of the recurrence compute in.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <exception cref="ReverieException">Pictures of a size that no encoder takes, or nothing to see at all.</exception>
    public WorldModel(ModelConfig config, EpisodeLayout layout, DType precision, Initializer init)
    {
        init = init with { Rule = config.InitRule };
        if (layout.Image is null && layout.VectorSize == 0)
            throw new ConfigurationException(
                "model: the environment gives neither pictures nor vectors; there is nothing to learn from");
        (Bits, imageNoise, Layout, this.precision) = (config.ImageBits, config.ImageNoise, layout, precision);
        tanhReward = config.RewardTransform == "tanh";
        Encoder = Register("encoder", new ObservationEncoder(config, layout, precision, init));
        Dynamics = Register("dynamics", DynamicsRegistry.Create(config, layout.ActionSize, Encoder.EmbedSize, init));
        Decoder = Register("decoder", new ObservationDecoder(config, Dynamics, layout, precision, init));
        Reward = Register("reward", new Head(
            Dynamics.FeatureSize, config.RewardLayers, config.RewardUnits, config.Activation, init, config.Norm,
            config.RewardDistribution, config.RewardScale));
        if (config.Continue)
            Continue = Register("continue", new ContinueHead(
                Dynamics.FeatureSize, config.ContinueLayers, config.ContinueUnits, config.Activation, init, config.Norm));
        if (layout.Groups.IsMasked)
            Mask = Register("mask", new MaskHead(Dynamics.FeatureSize, layout.Groups, config.ContinueLayers,
                config.ContinueUnits, config.Activation, init, config.Norm));
    }

    /// <summary>From observations to embeddings.</summary>
    public ObservationEncoder Encoder { get; }

    /// <summary>How latents follow each other.</summary>
    public LatentDynamics Dynamics { get; }

    /// <summary>From latents to observations.</summary>
    public ObservationDecoder Decoder { get; }

    /// <summary>From latents to rewards.</summary>
    public Head Reward { get; }

    /// <summary>Where the future ends; null where the configuration has none.</summary>
    public ContinueHead? Continue { get; }

    /// <summary>What may be chosen; null where actions have no mask.</summary>
    public MaskHead? Mask { get; }

    /// <summary>What may be chosen in states (…, F): (…, A), 1 or 0; null where actions have no mask.</summary>
    public Tensor? Allowed(Tensor features) => Mask?.Allowed(features);

    /// <summary>What it was made to see and to do.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>Bits of a colour channel that the model works with.</summary>
    public int Bits { get; }

    /// <summary>A.</summary>
    public int ActionSize => Layout.ActionSize;

    /// <summary>Observations to the scale that is encoded and predicted. Bytes of pictures become [−½, ½): quantised
    /// to few bits, plus noise that fills the steps, drawn anew at each use (P App. A); without noise [−½, ½] (D2).
    /// They come in the type that convolutions compute in. Vectors become symlog(x), so that what has no bounds, as
    /// velocities, does not drown the rest (V3).</summary>
    /// <param name="seen">As the environment gave it.</param>
    /// <param name="noiseSeed">Decides the noise; null for its mean, the middle of each step.</param>
    public Observation Preprocess(Observation seen, long? noiseSeed) => new(
        !imageNoise ? seen.Image?.ScaleBytes(Bits, precision)
            : noiseSeed is { } seed ? seen.Image?.Dequantize(Bits, seed, precision)
            : seen.Image is { } image ? Middle(image) : null,
        seen.Vector?.Symlog());

    /// <summary>A batch with its observations preprocessed.</summary>
    /// <param name="batch">As the environment gave it.</param>
    /// <param name="noiseSeed">Decides the noise.</param>
    public ModelBatch Preprocess(ModelBatch batch, long noiseSeed) =>
        batch with { Seen = Preprocess(batch.Seen, noiseSeed) };

    /// <summary>Rewards as the head predicts them, and as returns in imagination add them up.</summary>
    public Tensor RewardTarget(Tensor reward) => tanhReward ? reward.Tanh() : reward;

    /// <summary>Pictures back to bytes, for display: (N, C, H, W) → (N, H, W, C). White becomes 256 −
    /// 2^(8−bits).</summary>
    public byte[] Postprocess(Tensor images) => AsBytes(images).ToArray<byte>();

    /// <summary>The same as a tensor, uint8 (N, H, W, C).</summary>
    internal Tensor AsBytes(Tensor images)
    {
        var levels = 1 << Bits;
        // A level stands for the step above it that noise fills, or for itself.
        var positive = images.To(DType.Float32) + 0.5;
        var scaled = imageNoise ? positive * levels : positive * (levels - 1) + 0.5;
        return (scaled.Floor().Clamp(0, levels - 1) * (256 / levels)).Permute(0, 2, 3, 1).Contiguous().To(DType.UInt8);
    }

    // (floor(v / 2^(8−bits)) + ½) / 2^bits − ½.
    private Tensor Middle(Tensor image)
    {
        var levels = 1 << Bits;
        return ((image.ScaleBytes(Bits) + 0.5) * ((levels - 1.0) / levels) + (0.5 / levels - 0.5)).To(precision);
    }

    /// <summary>Pictures in the colours that the model works with, as <see cref="Postprocess"/> gives them.</summary>
    public byte[] Quantize(byte[] images)
    {
        var step = 1 << (8 - Bits);
        return Array.ConvertAll(images, level => (byte)(level / step * step));
    }

    /// <summary>Preprocessed observations of N rows → embeddings (N, E), float32.</summary>
    public Tensor Embed(Observation seen) => Encoder.Forward(seen);

    /// <summary>Features (…, F) → what is predicted of each of N rows: for every kind of observation, by its name, a
    /// distribution over its preprocessed form, whose log-densities are (N). Pictures come in the type computed
    /// in.</summary>
    public IReadOnlyDictionary<string, UnitNormal> Decode(Tensor features) =>
        Decoder.Forward(features.Reshape(-1, Dynamics.FeatureSize));

    /// <summary>A chunk's rows beside what is decoded of them.</summary>
    /// <param name="chunk">(L, 1).</param>
    /// <param name="features">(L, 1, F).</param>
    public ShownRows Show(SequenceBatch chunk, Tensor features)
    {
        var decoded = Decode(features);
        var pictures = decoded.TryGetValue(Observation.ImageKind, out var images) ? Postprocess(images.Mean) : null;
        return new(pictures is null ? null : Quantize(chunk.Image), pictures,
            decoded.TryGetValue(Observation.VectorKind, out var vectors) ? vectors.Mean.Symexp().ToArray<float>() : null);
    }

    /// <summary>Filters a chunk from the zero state, or from the latents that it comes with.</summary>
    /// <param name="seen">Its observations, preprocessed.</param>
    /// <param name="batch">Its actions, resets and latents.</param>
    /// <param name="noise">Source of the samples.</param>
    /// <returns>Posterior and prior, parts (L, B, ·).</returns>
    public (LatentState Posterior, LatentState Prior) Observe(Observation seen, ModelBatch batch, Generator noise) =>
        Filter(Embed(seen), batch, noise);

    /// <summary>The same from embeddings (L·B, E), for those who need them too.</summary>
    public (LatentState Posterior, LatentState Prior) Filter(Tensor embed, ModelBatch batch, Generator noise)
    {
        // States and distributions stay float32; one session, so that each weight is converted once for all rows.
        using var autocast = new Autocast(precision);
        var epsilon = Dynamics.Noise([batch.Length, batch.Batch], noise);               // (L, B, ·)
        var start = Dynamics.Initial(batch.Batch);
        if (batch.Deter is not null) start = start with { Deter = batch.Deter, Stoch = batch.Stoch! };
        return Dynamics.Observe(
            embed.Reshape(batch.Length, batch.Batch, -1), batch.Action, batch.Continues, start, epsilon);
    }

    /// <summary>Open-loop prediction: filters the first rows, then imagines along the actions that were
    /// taken.</summary>
    /// <param name="batch">A chunk of more than <paramref name="context"/> rows.</param>
    /// <param name="context">Rows whose observations the model sees (5 in P App. H).</param>
    /// <param name="noise">Source of the samples.</param>
    /// <param name="noiseSeed">Noise of the pictures seen.</param>
    /// <returns>Features of all L rows, (L, B, F): posterior ones, then imagined ones.</returns>
    public Tensor OpenLoop(ModelBatch batch, int context, Generator noise, long noiseSeed)
    {
        var beginning = batch.Narrow(0, context);
        var (posterior, _) = Observe(Preprocess(beginning.Seen, noiseSeed), beginning, noise);
        var ahead = batch.Length - context;
        if (ahead == 0) return Dynamics.Feature(posterior);
        var epsilon = Dynamics.Noise([ahead, batch.Batch], noise);
        var start = posterior.Map(part => part[context - 1]);
        var imagined = Dynamics.Imagine(start, batch.Action.Narrow(0, context, ahead), epsilon);
        return Tensor.Cat([Dynamics.Feature(posterior), Dynamics.Feature(imagined)]);
    }

    /// <inheritdoc/>
    LatentState ILatentWorld.Begin(ReadOnlySpan<TimeStep> rows, Generator noise) => ((ILatentWorld)this).See(
        Dynamics.Initial(rows.Length), Tensor.Zeros([rows.Length, ActionSize], device: noise.Device), rows, noise);

    /// <inheritdoc/>
    LatentState ILatentWorld.See(LatentState previous, Tensor action, ReadOnlySpan<TimeStep> rows, Generator noise)
    {
        var seen = Preprocess(Observation.From(rows, Layout, noise.Device), noiseSeed: 0);
        return Dynamics.PosteriorStep(previous, action, Dynamics.PriorStep(previous, action, null), Embed(seen),
            Dynamics.Noise([rows.Length], noise));
    }

    /// <inheritdoc/>
    Tensor ILatentWorld.RewardOf(LatentState state) => Reward.Forward(Dynamics.Feature(state)).Mean;

    /// <inheritdoc/>
    Tensor? ILatentWorld.ContinuesAfter(LatentState state) => Continue?.Forward(Dynamics.Feature(state)).Mean;

    /// <inheritdoc/>
    Tensor ILatentWorld.Pictures(LatentState state) =>
        AsBytes(Decode(Dynamics.Feature(state))[Observation.ImageKind].Mean);
}
