using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Ranks;
using static Reverie.Tests.Agents.RankAgents;

namespace Reverie.Tests.Agents;

/// <summary>Ranks that divide a batch take the step that one takes with all of it. All rows have the same noise here, so that it
/// does not depend on how they are divided.</summary>
public sealed class AgentRanksTests
{
    private const int Updates = 2;

    [RanksTheory]
    [InlineData("planet", 2)]
    [InlineData("planet, overshooting", 2)]
    [InlineData("planet, overshooting", 4)]
    [InlineData("dreamer", 2)]
    [InlineData("dreamerv2", 2)]
    [InlineData("dreamerv2", 4)]
    [InlineData("dreamerv3", 2)]
    [InlineData("dreamerv3", 4)]
    [InlineData("dreamerv3, dynamics", 2)]
    [InlineData("planet, infonce", 2)]
    [InlineData("planet, infonce", 4)]
    [InlineData("planet, contrastive", 2)]
    [InlineData("planet, contrastive rolled", 4)]
    [InlineData("d4pg", 2)]
    [InlineData("d4pg", 4)]
    [InlineData("d4pg, priorities", 2)]
    [InlineData("curl", 2)]
    [InlineData("curl", 4)]
    [InlineData("curl, priorities", 2)]
    [InlineData("a3c", 2)]
    [InlineData("a3c, lstm", 4)]
    [InlineData("world_models, v", 2)]
    [InlineData("world_models, m", 2)]
    [InlineData("world_models, m", 4)]
    public void SeveralRanksTakeTheStepOfOne(string kind, int ranks)
    {
        var (one, several) = Both(kind, ranks, (agent, group) => AgentRanks.Join(agent, group));
        Assert.All(several[1..], rank => Assert.Equal(several[0], rank));       // the same bits
        var (largest, change) = Apart(one, several[0]);
        Assert.True(largest <= 1e-6, $"{kind}, {ranks} ranks: {largest} apart");
        Assert.True(change > 1e-5, $"{kind}: no step was taken ({change})");
    }

    // What the losses ask of the whole batch matters: with each rank's own answers the step is another one.
    [RanksTheory]
    [InlineData("planet, overshooting")]
    [InlineData("planet, infonce")]
    [InlineData("planet, contrastive")]
    [InlineData("dreamerv2")]
    [InlineData("curl")]
    [InlineData("world_models, m")]
    public void WithAnswersOfItsOwnShareItIsAnother(string kind)
    {
        var (one, several) = Both(kind, 2, (agent, group) =>
        {
            AgentRanks.Join(agent, group);
            ((ILearnsInRanks)agent).Share(Reverie.Torch.Ranks.Alone.Instance);
        });
        Assert.True(Apart(one, several[0]).Largest > 3e-6);
    }

    // A step with gradients that go off while the backward pass goes on has the bits of one with gradients that go off after it.
    [RanksTheory]
    [InlineData("planet", 4)]
    [InlineData("dreamer", 2)]
    [InlineData("dreamerv2", 2)]
    [InlineData("dreamerv3", 2)]
    [InlineData("dreamerv3, dynamics", 2)]
    [InlineData("d4pg", 2)]
    [InlineData("curl", 2)]
    [InlineData("a3c", 2)]
    [InlineData("world_models, v", 2)]
    [InlineData("world_models, m", 2)]
    public void WhatGoesOffEarlyHasTheSameBits(string kind, int ranks)
    {
        float[][] Learned(bool early) => RankThreads.Run(ranks, group =>
        {
            using var agent = Agent(kind, 1, 0);
            (group.SendsEarly, group.BucketBytes) = (early, 1 << 6);
            AgentRanks.Join(agent, group);
            var learned = Learn(agent, Share(Rows(kind, agent), group.Rank * Batch / ranks, Batch / ranks));
            Assert.Equal(early, group.SentEarly > 0);
            return learned;
        })[0];
        Assert.Equal(Learned(early: false), Learned(early: true));
    }

    [RanksFact]
    public void PercentilesAreThoseOfAllReturns()
    {
        float[] returns = [.. Enumerable.Range(0, 36).Select(i => i * i * 0.5f)];
        var one = Ranges(returns, Reverie.Torch.Ranks.Alone.Instance);
        Assert.True(one.High > one.Low + 1);
        Assert.All(RankThreads.Run(3, group => Ranges(returns[(12 * group.Rank)..(12 * group.Rank + 12)], group)),
            range => Assert.Equal(one, range));

        static (float Low, float High) Ranges(float[] returns, IGlobalStatistics batch)
        {
            using var scope = new TensorScope();
            using var random = new Generator(Device.Cpu, 1);
            using var scale = new ReturnScale(new Initializer(Device.Cpu, random));
            scale.Update(Tensor.FromArray(returns, [4, returns.Length / 4]), batch);
            return scale.Range;
        }
    }

    [Fact]
    public void WhatCannotBeDividedIsRefused()
    {
        var place = new RankPlace(1, 3, 1, 3, "127.0.0.1", 1);
        Assert.StartsWith("replay.batch_size = 50 cannot be divided by 3 ranks", Refusal(new Config()), StringComparison.Ordinal);
        AgentRegistry.Register(PlaNet.Kind with { Name = "registered_alone", LearnsInRanks = false });
        try
        {
            Assert.StartsWith("agent = registered_alone learns in one process alone; several ranks learn ",
                Refusal(new Config { Agent = "registered_alone" }), StringComparison.Ordinal);
        }
        finally
        {
            AgentRegistry.Parts.Remove("registered_alone"); // others ask for all that there is
        }
        Assert.StartsWith("environment.count = 16 cannot be divided by 3 ranks",
            Refusal(new Config { Agent = "a3c", Environment = new() { Count = 16 } }), StringComparison.Ordinal);
        Assert.StartsWith("vae.batch_size = 100 cannot be divided by 3 ranks", Refusal(new Config
        {
            Agent = "world_models", Replay = new() { BatchSize = 48 }, Vae = new() { BatchSize = 100 },
        }), StringComparison.Ordinal);
        var share = AgentRanks.ShareOf(new Config { Replay = new() { BatchSize = 48 } }, place);
        Assert.Equal((16, "off"), (share.Replay.BatchSize, share.Compute.Graphs));
        Assert.NotEqual(1, share.Seed);
        // Random decisions are divided, and deviations of the noise go on where those of the rank before end.
        var noisy = new Config
        {
            Agent = "d4pg", Replay = new() { BatchSize = 48 }, Environment = new() { Count = 2 },
            Training = new() { RandomDecisions = 100 }, Exploration = new() { LeastNoise = 0.1, ActionNoise = 0.6 },
        };
        var one = AgentRanks.ShareOf(noisy, place);
        Assert.Equal((2, 34), (one.Environment.Count, one.Training.RandomDecisions));
        Assert.Equal(0.3, one.Exploration.LeastNoise, 9);
        Assert.Equal(0.4, one.Exploration.ActionNoise, 9);
        Assert.Equal(8, AgentRanks.ShareOf(new Config { Agent = "a3c", Environment = new() { Count = 24 } }, place).Environment.Count);
        Assert.Equal(1, AgentRanks.ShareOf(new Config { Replay = new() { BatchSize = 48 } }, place with { Rank = 0 }).Seed);

        string Refusal(Config config) =>
            Assert.Throws<ConfigurationException>(() => AgentRanks.ShareOf(config, place)).Message;
    }

    private static (float[][] One, float[][][] Several) Both(string kind, int ranks, Action<IAgent, RankGroup> join)
    {
        var free = FreeNats(kind);
        using var alone = Agent(kind, 1, free);
        var one = Alike(() => Learn(alone, Rows(kind, alone)));
        return (one, RankThreads.Run(ranks, group =>
        {
            using var agent = Agent(kind, 1 + group.Rank, free);
            join(agent, group);
            return Alike(() => Learn(agent, Share(Rows(kind, agent), group.Rank * Batch / ranks, Batch / ranks)));
        }));
    }

    // Between the divergences of two halves: the mean of all is above, that of one half is not.
    private static double FreeNats(string kind)
    {
        if (kind != "dreamerv2") return 0;
        double Of(int from)
        {
            using var agent = Agent(kind, 1, 0);
            using var scope = new TensorScope();
            return Alike(() => agent.Update(Share(Rows(kind, agent), from, Batch / 2), 1)["kl"].Item());
        }
        var (first, second) = (Of(0), Of(Batch / 2));
        Assert.True(Math.Abs(first - second) > 1e-3 * first, $"{first} and {second} are alike");
        return (first + second) / 2 - Math.Abs(first - second) / 4;
    }

    // Parameters after the updates.
    private static float[][] Learn(IAgent agent, SequenceBatch batch)
    {
        var before = Numbers(agent);
        for (ulong seed = 1; seed <= Updates; seed++)
        {
            using var scope = new TensorScope();
            agent.Update(batch, seed);
        }
        var after = Numbers(agent);
        return [before.SelectMany((numbers, i) => numbers.Zip(after[i], (was, now) => Math.Abs(now - was))).ToArray(), .. after];
    }

    private static float[][] Numbers(IAgent agent)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return [.. agent.Modules.OrderBy(module => module.Key).SelectMany(module => module.Value.NamedParameters())
            .Select(parameter => parameter.Value.Detach().To(DType.Float32).ToArray<float>())];
    }

    private static (float Largest, float Change) Apart(float[][] one, float[][] other) =>
        (one.Skip(1).Zip(other.Skip(1)).SelectMany(pair => pair.First.Zip(pair.Second, (a, b) => Math.Abs(a - b))).Max(),
            one[0].Max());

    private static T Alike<T>(Func<T> work)
    {
        Generator.DrawAlike(true);
        try
        {
            return work();
        }
        finally
        {
            Generator.DrawAlike(false);
        }
    }
}
