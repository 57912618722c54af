using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;

namespace Reverie.Cli.Bench;

/// <summary>An update that <c>benchmarks/pytorch_update.py</c> has: what a configuration may ask of it, and the sizes that
/// it is given. An agent that it has not cannot be compared, and asks nothing here.</summary>
/// <param name="Has">settings, and whether the script has them as they are</param>
/// <param name="Sizes">options of the script beside those of all updates, from what is timed and the configuration</param>
internal sealed record PyTorchScript(Func<Config, EpisodeLayout, (bool Has, string Setting)[]> Has,
    Func<string, Config, EpisodeLayout, (string Name, IConvertible Value)[]> Sizes)
{
    // By the names that the script has for them, which are those of the agents.
    private static readonly Dictionary<string, PyTorchScript> All = new()
    {
        ["planet"] = new((config, layout) =>
        [
            .. RssmHas(config, layout),
            (config.Loss.GlobalPrior == 0, "loss.global_prior above 0"),
            (config.Loss.Overshooting.Distance <= 1, "loss.overshooting.distance above 1"),
        ], (_, config, _) => PyTorchSizes.OfUpdate(config)),
        ["dreamer"] = new(RssmHas, (_, config, _) => PyTorchSizes.OfUpdate(config)),
        ["dreamerv2"] = new(DreamerV2Has,
            (_, config, _) => [.. PyTorchSizes.OfUpdate(config), .. PyTorchSizes.OfDreamerV2(config)]),
        ["dreamerv3"] = new(DreamerV3Has,
            (_, config, _) => [.. PyTorchSizes.OfUpdate(config), .. PyTorchSizes.OfDreamerV3(config)]),
        ["world_models"] = new((config, _) => [],
            (what, config, _) => what == "update_v" ? PyTorchSizes.OfV(config) : PyTorchSizes.OfM(config)),
        ["d4pg"] = new((config, _) => [], (_, config, _) => PyTorchSizes.OfControl(config)),
        ["curl"] = new((config, _) => [], (_, config, _) => PyTorchSizes.OfControl(config)),
        ["a3c"] = new(A3cHas, (_, config, layout) => PyTorchSizes.OfA3c(config, layout)),
    };

    /// <summary>The update of an agent; null where the script has none.</summary>
    public static PyTorchScript? Find(string agent) => All.GetValueOrDefault(agent);

    private static (bool Has, string Setting)[] PicturesHas(Config config, EpisodeLayout layout) =>
    [
        (config.Model.Encoder == "pixels", $"model.encoder={config.Model.Encoder}"),
        (!layout.Groups.HasChoices, $"a task with discrete actions, {config.Task},"),
        (config.Loss.Representation == "reconstruction", $"loss.representation={config.Loss.Representation}"),
        (layout.Image is { Height: 64, Width: 64 }, "a picture that is not 64×64"),
    ];

    private static (bool Has, string Setting)[] RssmHas(Config config, EpisodeLayout layout)
    {
        var model = config.Model;
        return
        [
            (model.Dynamics == "rssm", $"model.dynamics={model.Dynamics}"),
            .. GaussianHas(config, layout),
            (model.Gru is "planet" or "torch", $"model.gru={model.Gru}"),
            (model.Std == "softplus", $"model.std={model.Std}"),
            (config.Actor.Distribution == "tanh_normal", $"actor.distribution={config.Actor.Distribution}"),
        ];
    }

    private static (bool Has, string Setting)[] DreamerV2Has(Config config, EpisodeLayout layout)
    {
        var model = config.Model;
        return
        [
            (model.Dynamics == "discrete_rssm", $"model.dynamics={model.Dynamics}"),
            .. GaussianHas(config, layout),
            (model.Gru == "norm", $"model.gru={model.Gru}"),
            (model.Unimix == 0, "model.unimix above 0"),
            (config.Actor.Distribution == "trunc_normal", $"actor.distribution={config.Actor.Distribution}"),
        ];
    }

    // Whose heads have the variance 1, and whose encoder is PlaNet's.
    private static (bool Has, string Setting)[] GaussianHas(Config config, EpisodeLayout layout)
    {
        var model = config.Model;
        return
        [
            .. PicturesHas(config, layout),
            (model.Cnn == "planet", $"model.cnn={model.Cnn}"),
            (model.Norm == "none", $"model.norm={model.Norm}"),
            (model.RewardTransform == "none", $"model.reward_transform={model.RewardTransform}"),
            (model.RewardDistribution == "normal", $"model.reward_distribution={model.RewardDistribution}"),
            (config.Critic.Distribution == "normal", $"critic.distribution={config.Critic.Distribution}"),
            (!model.Continue, "model.continue=true"),
            (config.Imagination.Return == "lambda", $"imagination.return={config.Imagination.Return}"),
        ];
    }

    private static (bool Has, string Setting)[] A3cHas(Config config, EpisodeLayout layout)
    {
        var (model, actor) = (config.Model, config.Actor);
        return
        [
            (layout.Image is null or { Height: 64, Width: 64 }, "a picture that is not 64×64"),
            (layout.Image is null || model.Cnn == "planet", $"model.cnn={model.Cnn}"),
            (model.Norm == "none", $"model.norm={model.Norm}"),
            (layout.Groups.Count == 1, "several groups of actions"),
            (layout.MaskSize == 0, "a mask of actions"),
            (layout.Groups.HasChoices || actor.Distribution == "trunc_normal", $"actor.distribution={actor.Distribution}"),
            (!layout.Groups.HasChoices || actor.Unimix == 0, "actor.unimix above 0"),
            (config.Optimizer.Kind == "rmsprop", $"optimizer.kind={config.Optimizer.Kind}"),
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
            (model.Norm == "rms", $"model.norm={model.Norm}"),
            (model.Activation == "silu", $"model.activation={model.Activation}"),
            (model.CnnActivation == "silu", $"model.cnn_activation={model.CnnActivation}"),
            (model.ImageBits == 8 && !model.ImageNoise, "model.image_bits below 8, or with noise,"),
            (model.RewardTransform == "none", $"model.reward_transform={model.RewardTransform}"),
            (model.RewardDistribution == TwoHot, $"model.reward_distribution={model.RewardDistribution}"),
            (critic.Distribution == TwoHot, $"critic.distribution={critic.Distribution}"),
            (critic.SlowEvery == 1, $"critic.slow_every={critic.SlowEvery}"),
            (actor.Distribution == "bounded_normal", $"actor.distribution={actor.Distribution}"),
            (DreamerV3.ReinforceShare(config, oneHot: false) is 0 or 1, "actor.gradient=both"),
            (config.Loss.FreeNatsOver == "rows", $"loss.free_nats_over={config.Loss.FreeNatsOver}"),
            (config.Optimizer.Kind == "laprop", $"optimizer.kind={config.Optimizer.Kind}"),
        ];
    }
}
