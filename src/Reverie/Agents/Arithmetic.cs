using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>Useful arithmetic of a model: multiply-adds of its products and convolutions alone.</summary>
/// <param name="config">the configuration</param>
/// <param name="layout">what is seen and done</param>
internal sealed class Arithmetic(Config config, EpisodeLayout layout)
{
    private const int TwoHot = 255;
    private readonly ModelConfig model = config.Model;
    private readonly MemoryConfig memory = config.Memory;
    private readonly AgentKind agent = AgentRegistry.Find(config.Agent);
    private readonly DynamicsKind dynamics = DynamicsRegistry.Find(config.Model.Dynamics);

    /// <summary>
    /// Gigaflop of one update: two per multiply-add, and the backward pass costs twice the forward one (gradients of
    /// inputs and of weights).
    /// </summary>
    public double Update => 6e-9 * Rows * (Encoder + Decoder + Prior + Posterior + Reward + Continue)
        + Behavior;

    /// <summary>Gigaflop of one update of World Models' V.</summary>
    public double UpdateV => 6e-9 * config.Vae.BatchSize
        * (ImageEncoder + 2 * ImageEmbed * config.Vae.Latents + ImageDecoder(config.Vae.Latents));

    /// <summary>Gigaflop of one update of World Models' M: every row of a chunk but the first is predicted.</summary>
    public double UpdateM => 6e-9 * (Rows - config.Replay.BatchSize) * (Lstm + Mixtures);

    /// <summary>Gigaflop of learning actor and critic, from H states that are imagined and valued, by the passes that the
    /// agent says; 0 where it learns none.</summary>
    public double Behavior => agent.Behavior?.Invoke(config, layout.Groups.HasChoices) is not { } passes ? 0
        : 2e-9 * config.Imagination.Horizon * passes.Starts
            * (passes.Model * (Prior + Reward + Continue) + passes.Actor * Actor + passes.Critic * Critic);

    /// <summary>Gigaflop of one plan: every candidate is imagined and rewarded at every step, forward only.</summary>
    public double Plan =>
        2e-9 * Iterations * config.Planner.Candidates * config.Planner.Horizon * (Prior + Reward);

    /// <summary>Gigaflop of one decision of one environment: what is seen is encoded and filtered, then planned on or
    /// given to the actor.</summary>
    public double Act => 2e-9 * (Encoder + Prior + Posterior)
        + (!agent.Timed.Contains("plan") ? 2e-9 * Actor : config.Planner.Collection == "random" ? 0 : Plan);

    private double Rows => (double)config.Replay.BatchSize * config.Replay.ChunkLength;

    private double Iterations => config.Planner.Kind == "shooting" ? 1 : config.Planner.Iterations;

    private double Feature => (HasDeter ? model.Deter : 0) + (HasStoch ? Stoch : 0);

    private double Stoch => IsDiscrete ? (double)model.Stoch * model.Classes : model.Stoch;

    private bool IsDiscrete => dynamics.HasClasses;

    private bool HasDeter => dynamics.HasDeter;

    private bool HasStoch => dynamics.HasStoch;

    private (int EmbedSize, double Products) Image =>
        layout.Image is { } space ? PictureEncoder.SizeOf(model, space) : (0, 0);

    private double ImageEmbed => Image.EmbedSize;

    private double VectorEmbed => layout.VectorSize == 0 ? 0 : model.VectorUnits;

    private double Embed => ImageEmbed + VectorEmbed;

    private double Encoder => (layout.Image is null ? 0 : ImageEncoder) + (layout.VectorSize == 0 ? 0 : VectorEncoder);

    private double Decoder =>
        (layout.Image is null ? 0 : ImageDecoder(Feature)) + (layout.VectorSize == 0 ? 0 : VectorDecoder);

    private double ImageEncoder => Image.Products;

    private double ImageDecoder(double latent) => model.Cnn == "planet"
        ? Models.ImageDecoder.Products((int)latent, layout.Image!, model.CnnDepth)
        : model.Deter * ImageEmbed / model.Blocks + 2 * model.Hidden * (Stoch + ImageEmbed) + Image.Products;

    private double Lstm =>
        4.0 * memory.Units * (config.Vae.Latents + layout.ActionSize + (memory.Done ? 1 : 0) + memory.Units);

    // Log-weights, means and deviations of all components, and the two heads.
    private double Mixtures => (double)memory.Units * ((memory.Done ? 1 : 0) + (memory.Reward ? 1 : 0)
        + memory.Mixtures * ((memory.Joint ? 1 : config.Vae.Latents) + 2 * config.Vae.Latents));

    private double VectorEncoder => Dense(layout.VectorSize, model.VectorLayers, model.VectorUnits);

    private double VectorDecoder =>
        Dense(Feature, model.VectorLayers, model.VectorUnits) + model.VectorUnits * (double)layout.VectorSize;

    private double Prior => dynamics.PriorProducts?.Invoke(model, layout.ActionSize) ??
        (Stoch + layout.ActionSize) * model.Hidden
        + (HasDeter ? 3.0 * (model.Hidden + model.Deter) * model.Deter : 0)
        + Latent(HasDeter ? model.Deter : model.Hidden);

    private double Posterior => Latent((HasDeter ? model.Deter : model.Hidden) + Embed);

    private double Reward =>
        Head(model.RewardLayers, model.RewardUnits, model.RewardDistribution == "normal" ? 1 : TwoHot);

    private double Continue => model.Continue ? Head(model.ContinueLayers, model.ContinueUnits, 1) : 0;

    private double Actor => Head(config.Actor.Layers, config.Actor.Units,
        layout.Groups.Sum(group => (group.IsChoice ? 1 : 2) * group.Size));

    private double Critic =>
        Head(config.Critic.Layers, config.Critic.Units, config.Critic.Distribution == "normal" ? 1 : TwoHot);

    // A Gaussian has a mean and a deviation of each dimension, a discrete latent one logit.
    private double Latent(double inputs) =>
        inputs * model.Hidden + (IsDiscrete ? 1 : 2) * model.Hidden * Stoch;

    private double Head(int layers, double units, double outputs) =>
        Dense(Feature, layers, units) + (layers == 0 ? Feature : units) * outputs;

    // Hidden layers of equal width, without the last linear one.
    private static double Dense(double inputs, int layers, double units) =>
        layers == 0 ? 0 : inputs * units + (layers - 1) * units * units;
}
