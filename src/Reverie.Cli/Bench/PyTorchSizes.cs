using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Cli.Bench;

/// <summary>Options of <c>benchmarks/pytorch_update.py</c> and what a configuration says for them.</summary>
internal static class PyTorchSizes
{
    /// <summary>Those of all updates that are none of World Models' parts.</summary>
    public static (string Name, IConvertible Value)[] OfRows(EpisodeLayout layout) =>
    [
        ("channels", layout.Image?.Channels ?? 0), ("height", layout.Image?.Height ?? 0), ("width", layout.Image?.Width ?? 0),
        ("vector", layout.VectorSize), ("actions", layout.ActionSize),
    ];

    /// <summary>V of World Models.</summary>
    public static (string Name, IConvertible Value)[] OfV(Config config) =>
    [
        ("agent", "vae"), ("batch", config.Vae.BatchSize), ("latents", config.Vae.Latents),
        ("kl-tolerance", config.Vae.KlTolerance), ("learning-rate", config.Vae.LearningRate),
    ];

    /// <summary>M of World Models.</summary>
    public static (string Name, IConvertible Value)[] OfM(Config config) =>
    [
        ("agent", "memory"), ("latents", config.Vae.Latents), ("units", config.Memory.Units),
        ("mixtures", config.Memory.Mixtures), ("joint", config.Memory.Joint ? 1 : 0),
        ("done", config.Memory.Done ? 1 : 0), ("predict-reward", config.Memory.Reward ? 1 : 0),
        ("done-weight", config.Memory.DoneWeight), ("learning-rate", config.Memory.LearningRate),
        ("clip-value", config.Memory.ClipValue),
    ];

    /// <summary>DreamerV3's beside those of the others.</summary>
    public static (string Name, IConvertible Value)[] OfDreamerV3(Config config)
    {
        var (model, loss) = (config.Model, config.Loss);
        return
        [
            ("cnn", model.Cnn), ("blocks", model.Blocks), ("classes", model.Classes), ("unimix", model.Unimix),
            ("prior-layers", model.PriorLayers), ("continue-layers", model.ContinueLayers),
            ("continue-units", model.ContinueUnits), ("kl-posterior-scale", loss.KlPosterior),
            ("continue-scale", loss.Continue), ("replay-value-scale", loss.ReplayValue),
            ("adaptive-clip", config.Optimizer.AdaptiveClip), ("warm-up", config.Optimizer.WarmUp),
            ("actor-max-std", config.Actor.MaxStd), ("entropy", config.Actor.Entropy),
            ("climb", DreamerV3.ReinforceShare(config, oneHot: false) == 0 ? 1 : 0),
            ("imagine-last", config.Imagination.StartsOf(config.Replay.ChunkLength)),
            ("slow-scale", config.Critic.SlowScale), ("slow-fraction", config.Critic.SlowFraction),
        ];
    }

    /// <summary>DreamerV2's beside those of the others.</summary>
    public static (string Name, IConvertible Value)[] OfDreamerV2(Config config) =>
    [
        ("classes", config.Model.Classes), ("kl-balance", config.Loss.KlBalance), ("entropy", config.Actor.Entropy),
        ("reinforce", config.Actor.ReinforceShare(oneHot: false)),
        ("slow-every", config.Critic.SlowEvery), ("slow-fraction", config.Critic.SlowFraction),
    ];

    /// <summary>Of agents that learn what actions are worth.</summary>
    public static (string Name, IConvertible Value)[] OfControl(Config config)
    {
        var (model, actor, critic) = (config.Model, config.Actor, config.Critic);
        return
        [
            ("agent", config.Agent), ("activation", model.Activation), ("picture-units", model.PictureUnits),
            ("first-norm", model.FirstNorm ? 1 : 0), ("crop", model.Crop), ("seeing-fraction", model.SlowFraction),
            ("actor-widths", string.Join(',', actor.Sizes)), ("actor-rate", actor.LearningRate),
            ("action-gradient", actor.ActionGradient), ("temperature", actor.Temperature),
            ("temperature-rate", actor.TemperatureRate), ("critic-widths", string.Join(',', critic.Sizes)),
            ("critic-rate", critic.LearningRate), ("atoms", critic.Atoms), ("support", critic.Support * config.Repeat()),
            ("discount", critic.Discount), ("slow-every", critic.SlowEvery), ("slow-fraction", critic.SlowFraction),
            ("learning-rate", config.Optimizer.LearningRate),
            ("cycle", config.Agent == "curl" ? critic.SlowEvery : 1),
        ];
    }

    /// <summary>Of A3C, whose batch is a rollout of every environment.</summary>
    public static (string Name, IConvertible Value)[] OfA3c(Config config, EpisodeLayout layout)
    {
        var (model, actor, critic) = (config.Model, config.Actor, config.Critic);
        return
        [
            ("agent", "a3c"), ("batch", config.Environment.Count), ("length", config.Training.Rollout + 1),
            ("activation", model.Activation), ("vector-layers", model.VectorLayers), ("vector-units", model.VectorUnits),
            ("lstm", model.Lstm), ("choices", layout.Groups.HasChoices ? 1 : 0), ("actor-layers", actor.Layers),
            ("actor-units", actor.Units), ("actor-min-std", actor.MinStd), ("entropy", actor.Entropy),
            ("critic-layers", critic.Layers), ("critic-units", critic.Units), ("discount", critic.Discount),
            ("value-scale", config.Loss.Value), ("learning-rate", config.Optimizer.LearningRate),
            ("decay", config.Optimizer.Decay),
        ];
    }

    /// <summary>PlaNet and the Dreamers.</summary>
    public static (string Name, IConvertible Value)[] OfUpdate(Config config)
    {
        var (model, loss) = (config.Model, config.Loss);
        return
        [
            ("agent", config.Agent), ("gru", model.Gru), ("activation", model.Activation),
            ("bits", model.ImageBits), ("noise", model.ImageNoise ? 1 : 0),
            ("stoch", model.Stoch), ("deter", model.Deter), ("hidden", model.Hidden), ("min-std", model.MinStd),
            ("reward-layers", model.RewardLayers), ("reward-units", model.RewardUnits),
            ("image-scale", loss.Image), ("reward-scale", loss.Reward), ("kl-scale", loss.Kl),
            ("kl-prior-scale", loss.KlPrior), ("free-nats", loss.FreeNats), ("free-over", loss.FreeNatsOver),
            ("learning-rate", config.Optimizer.LearningRate),
            ("actor-layers", config.Actor.Layers), ("actor-units", config.Actor.Units),
            ("actor-rate", config.Actor.LearningRate), ("initial-std", config.Actor.InitialStd),
            ("actor-min-std", config.Actor.MinStd), ("mean-scale", config.Actor.MeanScale),
            ("critic-layers", config.Critic.Layers), ("critic-units", config.Critic.Units),
            ("critic-rate", config.Critic.LearningRate), ("horizon", config.Imagination.Horizon),
            ("discount", config.Imagination.Discount), ("lambda", config.Imagination.Lambda),
        ];
    }
}
