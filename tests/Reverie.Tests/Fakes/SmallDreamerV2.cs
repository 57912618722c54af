using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Tests.Fakes;

/// <summary>DreamerV2 with layers of a few units, for choices of four; continuous actions on demand.</summary>
internal static class SmallDreamerV2
{
    public const int Horizon = 4;

    public static Config Config { get; } = SmallDreamer.Config with
    {
        Agent = "dreamerv2",
        Model = SmallDreamer.Config.Model with
        {
            Dynamics = "discrete_rssm", Gru = "norm", Classes = 4, CnnActivation = "elu", Continue = true,
        },
        Loss = new() { FreeNats = 0, Reward = 1, FreeNatsOver = "batch", Continue = 5 },
        Actor = SmallDreamer.Config.Actor with { Distribution = "trunc_normal", MinStd = 0.1, Entropy = 1e-3 },
        Exploration = new() { ActionNoise = 0, Epsilon = 0, EpsilonFloor = 0, EvaluationEpsilon = 0 },
    };

    public static EpisodeLayout Choices { get; } = SmallPlaNet.Layout with { ActionSize = 4, OneHot = true };

    public static Config With(this Config config, Func<ActorConfig, ActorConfig> actor) =>
        config with { Actor = actor(config.Actor) };

    public static DreamerV2 Agent(
        Config? config = null, DType precision = DType.Float32, EpisodeLayout? layout = null) =>
        new(config ?? Config, layout ?? Choices, Device.Cpu, precision);

    /// <summary>Random rows whose actions are one-hot where they are choices; the last row of the first chunk is an
    /// end.
    /// </summary>
    public static SequenceBatch Rows(EpisodeLayout? layout = null)
    {
        var batch = SmallPlaNet.Rows(layout: layout ?? Choices);
        if (batch.Layout.OneHot)
            for (var row = 0; row < batch.L * batch.B; row++)
            {
                batch.Action.AsSpan(row * batch.A, batch.A).Clear();
                batch.Action[row * batch.A + row * 7 % batch.A] = 1;
            }
        batch.IsTerminal[^SmallPlaNet.Batch] = true;
        return batch;
    }

    public static Dictionary<string, Tensor> ModelLosses(this DreamerV2 agent, ulong seed, out LatentState posterior,
        out ModelBatch batch, out Dictionary<string, Tensor> measures)
    {
        using var noise = new Generator(Device.Cpu, seed);
        measures = [];
        batch = ModelBatch.From(Rows(agent.Model.Layout), Device.Cpu);
        return agent.ModelLosses(agent.Model.Preprocess(batch, (long)seed), noise, measures, out posterior);
    }
}
