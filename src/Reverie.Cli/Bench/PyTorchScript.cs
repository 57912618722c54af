using Reverie.Configuration;
using Reverie.Replay;

namespace Reverie.Cli.Bench;

/// <summary>An update that <c>benchmarks/pytorch_update.py</c> has: what a configuration may ask of it, and the sizes that
/// it is given. An agent that it has not cannot be compared, and asks nothing here.</summary>
/// <param name="Has">settings, and whether the script has them as they are</param>
/// <param name="Sizes">options of the script beside those of all updates, from what is timed and the configuration</param>
internal sealed record PyTorchScript(Func<Config, EpisodeLayout, (bool Has, string Setting)[]> Has,
    Func<string, Config, (string Name, IConvertible Value)[]> Sizes)
{
    // By the names that the script has for them, which are those of the agents.
    private static readonly Dictionary<string, PyTorchScript> All = new()
    {
        ["planet"] = new((config, layout) =>
        [
            .. RssmHas(config, layout),
            (config.Loss.GlobalPrior == 0, "loss.global_prior above 0"),
            (config.Loss.Overshooting.Distance <= 1, "loss.overshooting.distance above 1"),
        ], (_, config) => OfUpdate(config)),
        ["dreamer"] = new(RssmHas, (_, config) => OfUpdate(config)),
        ["dreamerv3"] = new(DreamerV3Has, (_, config) => [.. OfUpdate(config), .. OfDreamerV3(config)]),
        ["world_models"] = new((config, _) => [WeightDecay(config)],
            (what, config) => what == "update_v" ? OfV(config) : OfM(config)),
    };

    /// <summary>The update of an agent; null where the script has none.</summary>
    public static PyTorchScript? Find(string agent) => All.GetValueOrDefault(agent);

    private static (bool Has, string Setting) WeightDecay(Config config) =>
        (config.Optimizer.WeightDecay == 0, "optimizer.weight_decay above 0");

    private static (bool Has, string Setting)[] PicturesHas(Config config, EpisodeLayout layout) =>
    [
        (config.Model.Encoder == "pixels", $"model.encoder={config.Model.Encoder}"),
        (!layout.Groups.HasChoices, $"a task with discrete actions, {config.Task},"),
        (config.Loss.Representation == "reconstruction", $"loss.representation={config.Loss.Representation}"),
        WeightDecay(config),
    ];

    private static (bool Has, string Setting)[] RssmHas(Config config, EpisodeLayout layout)
    {
        var model = config.Model;
        return
        [
            (model.Dynamics == "rssm", $"model.dynamics={model.Dynamics}"),
            .. PicturesHas(config, layout),
            (model.Gru is "planet" or "torch", $"model.gru={model.Gru}"),
            (model.Std == "softplus", $"model.std={model.Std}"),
            (model.CnnActivation == "relu", $"model.cnn_activation={model.CnnActivation}"),
            (model.RewardTransform == "none", $"model.reward_transform={model.RewardTransform}"),
            (!model.Continue, "model.continue=true"),
            (config.Actor.Distribution == "tanh_normal", $"actor.distribution={config.Actor.Distribution}"),
            (config.Imagination.Return == "lambda", $"imagination.return={config.Imagination.Return}"),
        ];
    }

    private static (bool Has, string Setting)[] DreamerV3Has(Config config, EpisodeLayout layout)
    {
        var (model, actor, critic) = (config.Model, config.Actor, config.Critic);
        const string TwoHot = "symexp_twohot";
        return
        [
            .. PicturesHas(config, layout),
            (model.Dynamics == "block_rssm", $"model.dynamics={model.Dynamics}"),
            (layout.Image is { Height: 64, Width: 64 }, "a picture that is not 64×64"),
            (model.Norm == "rms", $"model.norm={model.Norm}"),
            (model.Activation == "silu", $"model.activation={model.Activation}"),
            (model.CnnActivation == "silu", $"model.cnn_activation={model.CnnActivation}"),
            (model.ImageBits == 8 && !model.ImageNoise, "model.image_bits below 8, or with noise,"),
            (model.RewardTransform == "none", $"model.reward_transform={model.RewardTransform}"),
            (model.RewardDistribution == TwoHot, $"model.reward_distribution={model.RewardDistribution}"),
            (critic.Distribution == TwoHot, $"critic.distribution={critic.Distribution}"),
            (critic.SlowEvery == 1, $"critic.slow_every={critic.SlowEvery}"),
            (actor.Distribution == "bounded_normal", $"actor.distribution={actor.Distribution}"),
            (actor.Gradient != "both", "actor.gradient=both"),
            (config.Loss.FreeNatsOver == "rows", $"loss.free_nats_over={config.Loss.FreeNatsOver}"),
            (config.Optimizer.Kind == "laprop", $"optimizer.kind={config.Optimizer.Kind}"),
        ];
    }

    private static (string Name, IConvertible Value)[] OfV(Config config) =>
    [
        ("agent", "vae"), ("batch", config.Vae.BatchSize), ("latents", config.Vae.Latents),
        ("kl-tolerance", config.Vae.KlTolerance), ("learning-rate", config.Vae.LearningRate),
    ];

    private static (string Name, IConvertible Value)[] OfM(Config config) =>
    [
        ("agent", "memory"), ("latents", config.Vae.Latents), ("units", config.Memory.Units),
        ("mixtures", config.Memory.Mixtures), ("joint", config.Memory.Joint ? 1 : 0),
        ("done", config.Memory.Done ? 1 : 0), ("predict-reward", config.Memory.Reward ? 1 : 0),
        ("done-weight", config.Memory.DoneWeight), ("learning-rate", config.Memory.LearningRate),
        ("clip-value", config.Memory.ClipValue),
    ];

    private static (string Name, IConvertible Value)[] OfDreamerV3(Config config)
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
            ("climb", config.Actor.Gradient is "dynamics" or "by_action" ? 1 : 0),
            ("imagine-last", config.Imagination.StartsOf(config.Replay.ChunkLength)),
            ("slow-scale", config.Critic.SlowScale), ("slow-fraction", config.Critic.SlowFraction),
        ];
    }

    private static (string Name, IConvertible Value)[] OfUpdate(Config config)
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
