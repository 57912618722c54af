using System.Globalization;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>The same update here and in plain PyTorch: same layers and losses, sizes, threads and device.</summary>
internal static class PyTorchComparison
{
    /// <summary>Whether the script has what a configuration asks for.</summary>
    /// <exception cref="ReverieException">it has not; which setting is in the way</exception>
    public static void Demand(Config config, EpisodeLayout layout)
    {
        var (model, loss) = (config.Model, config.Loss);
        var weightDecay = (config.Optimizer.WeightDecay == 0, "optimizer.weight_decay above 0");
        (bool Has, string Setting)[] both =
        [
            (model.Encoder == "pixels", $"model.encoder={model.Encoder}"),
            (!layout.Groups.HasChoices, $"a task with discrete actions, {config.Task},"),
            (loss.Representation == "reconstruction", $"loss.representation={loss.Representation}"),
            weightDecay,
        ];
        (bool Has, string Setting)[] all = config.Agent == "world_models" ? [weightDecay]
            : config.Agent == "dreamerv3" ? [.. both, .. DreamerV3Has(config, layout)] :
        [
            (config.Agent is "planet" or "dreamer", $"agent={config.Agent}"),
            (model.Dynamics == "rssm", $"model.dynamics={model.Dynamics}"),
            .. both,
            (model.Gru is "planet" or "torch", $"model.gru={model.Gru}"),
            (model.Std == "softplus", $"model.std={model.Std}"),
            (model.CnnActivation == "relu", $"model.cnn_activation={model.CnnActivation}"),
            (model.RewardTransform == "none", $"model.reward_transform={model.RewardTransform}"),
            (!model.Continue, "model.continue=true"),
            (loss.GlobalPrior == 0 || config.Agent != "planet", "loss.global_prior above 0"),
            (loss.Overshooting.Distance <= 1 || config.Agent != "planet", "loss.overshooting.distance above 1"),
            (config.Actor.Distribution == "tanh_normal", $"actor.distribution={config.Actor.Distribution}"),
            (config.Imagination.Return == "lambda", $"imagination.return={config.Imagination.Return}"),
        ];
        if (all.FirstOrDefault(one => !one.Has).Setting is { } missing)
            throw new ReverieException($"--against-pytorch: {missing} is not in benchmarks/pytorch_update.py, "
                + "which has planet and dreamer from pictures with rssm, dreamerv3 from pictures, and world_models");
    }

    private static (bool Has, string Setting)[] DreamerV3Has(Config config, EpisodeLayout layout)
    {
        var (model, actor, critic) = (config.Model, config.Actor, config.Critic);
        const string TwoHot = "symexp_twohot";
        return
        [
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
            (config.Loss.FreeNatsOver == "rows", $"loss.free_nats_over={config.Loss.FreeNatsOver}"),
            (config.Optimizer.Kind == "laprop", $"optimizer.kind={config.Optimizer.Kind}"),
        ];
    }

    /// <summary>Runs the script at the sizes of a configuration.</summary>
    /// <param name="here">what was measured here</param>
    /// <param name="python">runs it</param>
    /// <param name="config">what was computed</param>
    /// <param name="layout">what is seen and done</param>
    /// <param name="timing">how often</param>
    /// <param name="bf16">whether PyTorch is to compute under its autocast</param>
    /// <returns>this program's line, then PyTorch's; on CUDA once more as <c>torch.compile</c> makes it</returns>
    /// <exception cref="ReverieException">it fails, or what it computed is something else</exception>
    public static PyTorchRow[] Run(ModelMeasurement here, PyTorch python, Config config, EpisodeLayout layout,
        Timing timing, bool bf16)
    {
        PyTorchRow Theirs(bool compiled)
        {
            string[] flags = [.. bf16 ? ["--bf16"] : Array.Empty<string>(), .. compiled ? ["--compile"] : Array.Empty<string>()];
            var answer = python.Run(
                [.. Arguments(here.What, config, layout), "--repeats", $"{timing.Repeats}", .. flags], timing.Stop);
            DemandSame(here.Parameters!, answer.Parameters);
            var (seconds, gigaflop) = (Timing.Median(answer.Seconds), here.Gflops * here.Seconds);
            return new("against_pytorch", here.What, seconds,
                $"pytorch {answer.Version}{(compiled ? " compiled" : "")}", answer.Precision, answer.Threads,
                answer.Parameters.Values.Sum(), gigaflop / seconds, answer.PeakMemoryBytes, seconds / here.Seconds);
        }
        var ours = new PyTorchRow("against_pytorch", here.What, here.Seconds, "reverie", here.Precision,
            Torch.Torch.Threads, here.Parameters!.Values.Sum(), here.Gflops, here.PeakMemoryBytes, 1);
        return Device.Parse(config.Compute.Device).IsCuda ? [ours, Theirs(false), Theirs(true)] : [ours, Theirs(false)];
    }

    /// <summary>Two of unequal parameters did not do the same arithmetic.</summary>
    /// <exception cref="ReverieException">they are unequal</exception>
    internal static void DemandSame(
        IReadOnlyDictionary<string, long> here, IReadOnlyDictionary<string, long> there)
    {
        foreach (var part in here.Keys.Union(there.Keys))
            if (here.GetValueOrDefault(part) != there.GetValueOrDefault(part))
                throw new ReverieException($"--against-pytorch: {part} has {here.GetValueOrDefault(part)} parameters "
                    + $"here and {there.GetValueOrDefault(part)} in PyTorch, so the two did not do the same work");
    }

    private static IEnumerable<string> Arguments(string what, Config config, EpisodeLayout layout)
    {
        (string Name, IConvertible Value)[] all =
        [
            ("device", Device.Parse(config.Compute.Device).ToString()), ("threads", Torch.Torch.Threads),
            ("batch", config.Replay.BatchSize), ("length", config.Replay.ChunkLength),
            ("channels", layout.Image!.Channels), ("actions", layout.ActionSize), ("depth", config.Model.CnnDepth),
            ("epsilon", config.Optimizer.Epsilon), ("clip-norm", config.Optimizer.ClipNorm),
            .. what switch
            {
                "update_v" => OfV(config),
                "update_m" => OfM(config),
                _ when config.Agent == "dreamerv3" => [.. OfUpdate(config), .. OfDreamerV3(config)],
                _ => OfUpdate(config),
            },
        ];
        return all.SelectMany(one => new[] { $"--{one.Name}", one.Value.ToString(CultureInfo.InvariantCulture) });
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
            ("imagine-last", config.Imagination.Last is > 0 and var last ? last : config.Replay.ChunkLength),
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
