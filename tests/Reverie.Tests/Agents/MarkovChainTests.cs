using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>What a model of discrete latents pays for a step is what the world's next step is worth.</summary>
[NoTensorLeaks]
public sealed class MarkovChainTests
{
    private const int Length = 12, Batch = 32;
    private const double Switches = 0.1;

    private static readonly EpisodeLayout Layout = new(null, 1, 1);

    private static readonly Config Config = SmallDreamerV2.Config with
    {
        Model = SmallDreamerV2.Config.Model with
        {
            Encoder = "vector", Stoch = 1, Classes = 4, Deter = 16, Hidden = 32, VectorLayers = 1, VectorUnits = 16,
            Continue = false,
        },
        Loss = new() { Vector = 100, Reward = 1, Kl = 1, KlBalance = 0.8, FreeNats = 0, FreeNatsOver = "batch" },
        Optimizer = new() { LearningRate = 5e-3, Epsilon = 1e-5, EpsilonHat = true, ClipNorm = 100 },
        Imagination = new() { AfterUpdates = int.MaxValue },
    };

    /// <summary>A chain of two states, seen as they are. Nothing says when it switches, so the divergence of a step is
    /// the surprise of it, whose mean is the chain's entropy rate: 0.325 nats.</summary>
    [Fact]
    public void TheDivergenceOfAStepIsItsSurprise()
    {
        using var agent = SmallDreamerV2.Agent(Config, layout: Layout);
        var random = new RandomSource(4);
        for (var update = 0; update < 1000; update++)
        {
            using var scope = new TensorScope();
            agent.Update(Chain(random, Batch), (ulong)update);
        }
        var fresh = Chain(random, 400);
        Assert.InRange(Divergence(agent, fresh) / Surprise(fresh), 0.95, 1.05);
    }

    // Means over all steps but the first, whose state comes from nowhere.
    private static double Divergence(DreamerV2 agent, SequenceBatch rows)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device.Cpu, 9);
        var losses = agent.ModelLosses(
            agent.Model.Preprocess(ModelBatch.From(rows, Device.Cpu), 9), noise, new Dictionary<string, Tensor>(), out _);
        return losses["kl"].Narrow(0, 1, Length - 1).Mean().Item();
    }

    private static double Surprise(SequenceBatch rows) => Enumerable.Range(rows.B, (Length - 1) * rows.B)
        .Average(i => -Math.Log(rows.Vector[i] == rows.Vector[i - rows.B] ? 1 - Switches : Switches));

    private static SequenceBatch Chain(RandomSource random, int batch)
    {
        var rows = new SequenceBatch(Layout, Length, batch);
        for (var i = 0; i < rows.Vector.Length; i++)
        {
            var first = i < batch;
            var before = first ? (random.NextInt(2) == 0 ? -1f : 1f) : rows.Vector[i - batch];
            rows.Vector[i] = !first && random.NextDouble() < Switches ? -before : before;
            rows.IsFirst[i] = first;
        }
        return rows;
    }
}
