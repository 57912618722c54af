using Reverie.Agents;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>What an update of DreamerV3 moves, and what it leaves.</summary>
[NoTensorLeaks]
public sealed class DreamerV3LearningTests
{
    [Theory]
    [InlineData("image", "encoder dynamics decoder")]
    [InlineData("reward", "encoder dynamics reward")]
    [InlineData("continue", "encoder dynamics continue")]
    [InlineData("kl_prior", "encoder dynamics", 0.0)]     // the prior sees the posteriors before it
    [InlineData("kl_posterior", "encoder dynamics", 0.0)]
    [InlineData("replay_value", "encoder dynamics critic")]
    [InlineData("actor", "actor")]
    [InlineData("critic", "critic")]
    // Through the dynamics the actor's gradient passes through what it climbs; what it reaches is not what is stepped.
    [InlineData("actor", "actor dynamics reward continue critic", 1.0, "dynamics")]
    [InlineData("actor", "actor dynamics reward continue critic", 1.0, "both")]
    [InlineData("critic", "critic", 1.0, "dynamics")]
    [InlineData("replay_value", "encoder dynamics critic", 1.0, "dynamics")]
    public void ALossMovesThesePartsAndNoOthers(string loss, string parts, double freeNats = 1, string gradient = "auto")
    {
        using var scope = new TensorScope();
        // Last layers that begin at zero would let nothing through.
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of(
            $"loss.free_nats={freeNats}", "model.reward_scale=1", "critic.scale=1", "actor.scale=1",
            $"actor.gradient={gradient}"));
        using var noise = new Generator(Device.Cpu, 1);
        var (batch, measures) = (agent.Batch(), new Dictionary<string, Tensor>());
        var losses = agent.ModelLosses(batch, noise, measures, out var posterior);
        var dream = agent.Imagine(posterior.Detach().FlattenTime(), noise);
        (losses["actor"], losses["critic"]) = agent.BehaviorLosses(dream, noise, measures);
        losses["replay_value"] = agent.ReplayValueLoss(agent.Model.Dynamics.Feature(posterior), batch,
            dream.Return[0].Reshape(SmallPlaNet.Length, SmallPlaNet.Batch));
        var named = agent.Model.NamedParameters().Concat(agent.Actor.NamedParameters("actor."))
            .Concat(agent.Critic.NamedParameters("critic.")).Concat(agent.SlowCritic.NamedParameters("slow_critic."))
            .ToArray();
        var gradients = Reverie.Torch.Torch.Grad(losses[loss].Sum(), [.. named.Select(one => one.Value)]);
        var moved = named.Zip(gradients).Where(pair => pair.Second is { } g && g.Abs().Max().Item() > 0)
            .Select(pair => pair.First.Name.Split('.')[0]).Distinct().Order();
        Assert.Equal(parts.Split(' ').Order(), moved);
    }

    /// <summary>Which way the actor climbs is its own matter: model and critics take the same step to the bit.</summary>
    [Theory]
    [InlineData("dynamics", true)]
    [InlineData("dynamics", false)]
    [InlineData("both", false)]
    public void TheActorsGradientChangesTheActorAlone(string gradient, bool choices)
    {
        var (published, other) = (Stepped("reinforce", choices), Stepped(gradient, choices));
        // A first step is one of signs, which some gradients of both ways share.
        var moved = published.Where(one => !one.Value.SequenceEqual(other[one.Key])).Select(one => one.Key).ToArray();
        Assert.Contains("actor.mlp.layer0.linear.weight", moved);
        Assert.All(moved, name => Assert.StartsWith("actor.", name));
    }

    [Theory]
    [InlineData("by_action", true, "reinforce")]
    [InlineData("by_action", false, "dynamics")]
    [InlineData("auto", true, "reinforce")]
    [InlineData("auto", false, "reinforce")]
    public void TheActorsGradientFollowsTheActionWhereItIsSetTo(string gradient, bool choices, string way)
    {
        var (set, meant) = (Stepped(gradient, choices), Stepped(way, choices));
        Assert.All(meant, one => Assert.Equal(one.Value, set[one.Key]));
    }

    [Theory]
    [InlineData("pixels", false)]
    [InlineData("vector", false)]
    [InlineData("both", true)]
    [InlineData("pixels", true)]
    public void EveryKindOfObservationAndActionCanBeLearned(string encoder, bool choices)
    {
        var layout = SmallPlaNet.LayoutOf(encoder) with { OneHot = choices };
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of($"model.encoder={encoder}"), layout);
        var batch = SmallDreamerV3.Rows(agent);
        for (ulong seed = 1; seed <= 3; seed++)
        {
            using var scope = new TensorScope();
            Assert.All(agent.Update(batch, seed).Values, measure => Assert.True(double.IsFinite(measure.Item())));
        }
        using var state = agent.Begin(2, 1);
        var action = agent.Act(SmallPlaNet.Observations(layout, 1, true, true), state, ActMode.Collect);
        Assert.Equal(2 * layout.ActionSize, action.Length);
        Assert.All(action, value => Assert.InRange(value, -1, 1));
    }

    /// <summary>Where every chunk's row 3 begins an episode, nothing of the rows before it reaches the states after; an actor
    /// that starts from the last two alone does not learn from them.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(0, false)]
    public void ImaginationStartsFromTheLastRowsAlone(int last, bool alike)
    {
        var (first, second) = (Actor(0), Actor(50));
        Assert.Equal(alike, first.SequenceEqual(second));

        float[] Actor(byte brighter)
        {
            // One step of the actor, from a model that has not stepped yet.
            using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of($"imagination.last={last}", "model.reward_scale=1",
                "critic.scale=1", "actor.scale=1", "actor.learning_rate=0.1", "optimizer.warm_up=0"));
            var batch = SmallDreamerV3.Rows(agent);
            var begins = SmallPlaNet.Length - 2;
            Array.Fill(batch.IsFirst, true, begins * batch.B, batch.B);
            var before = begins * batch.Image.Length / batch.L;
            for (var i = 0; i < before; i++) batch.Image[i] = (byte)(batch.Image[i] / 2 + brighter);
            using var scope = new TensorScope();
            agent.Update(batch, 1);
            return [.. agent.Actor.NamedParameters("").SelectMany(one => one.Value.ToArray<float>())];
        }
    }

    /// <summary>The learning rate grows from 0, so the first update changes nothing but the averages. Layers behind one that
    /// starts at zero move once that has moved.</summary>
    [Fact]
    public void TheFirstUpdateMovesNothingAndThreeMoreMoveAll()
    {
        // Large steps, so that the fiftieth part of one shows in a slow critic's 1.
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of("*learning_rate=0.1", "optimizer.warm_up=10"));
        var before = Numbers(agent);
        Update(agent, 1);
        Assert.Equal(before, Numbers(agent));
        for (ulong seed = 2; seed <= 4; seed++) Update(agent, seed);
        var after = Numbers(agent);
        Assert.All(before.Keys, name => Assert.False(before[name].SequenceEqual(after[name]), name));
    }

    [Fact]
    public void TheSlowCriticGoesAFiftiethOfTheWay()
    {
        using var agent = SmallDreamerV3.Agent();
        for (ulong seed = 1; seed <= 3; seed++) Update(agent, seed);
        var before = agent.SlowCritic.Parameters().Select(p => p.ToArray<float>()).ToArray();
        Update(agent, 4);
        var parts = agent.Critic.Parameters().Zip(agent.SlowCritic.Parameters()).Zip(before);
        foreach (var ((critic, slow), old) in parts)
            foreach (var (target, now, was) in critic.ToArray<float>().Zip(slow.ToArray<float>(), old))
                Assert.Equal(was + 0.02 * (target - was), now, 1e-7);
    }

    /// <summary>Each update tells the newest latents of its rows, as the model filtered them.</summary>
    [Fact]
    public void AnUpdateFillsTheLatentsOfItsRows()
    {
        using var agent = SmallDreamerV3.Agent();
        var batch = SmallDreamerV3.Rows(agent);
        var measures = Update(agent, 1, batch);
        var latents = batch.Latents!;
        Assert.Contains(latents.Deter, value => value != 0);
        Assert.All(latents.Classes, one => Assert.InRange(one, 0, latents.Shape.Classes - 1));
        Assert.True(latents.Classes.Distinct().Count() > 1);
        Assert.DoesNotContain(measures, name => name.StartsWith("latents", StringComparison.Ordinal));
    }

    [Fact]
    public void AStateThatIsRestoredActsAsTheOneThatWasRead()
    {
        using var agent = SmallDreamerV3.Agent();
        var layout = agent.Model.Layout;
        using var first = agent.Begin(2, 1);
        var actions = agent.Act(SmallPlaNet.Observations(layout, 1, true, true), first, ActMode.Collect);
        using var second = agent.Begin(2, 9);
        agent.Restore(second, agent.Read(first), actions);
        first.Reseed(4);
        second.Reseed(4);
        var seen = SmallPlaNet.Observations(layout, 2, false, false);
        Assert.Equal(agent.Act(seen, first, ActMode.Collect), agent.Act(seen, second, ActMode.Collect));
    }

    /// <summary>Rewards a thousand times as large, or as small, are learned as such.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(0.001)]
    public void RewardsOfAnySizeArePredicted(float size)
    {
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of(
            "model.encoder=vector", "*learning_rate=0.003", "optimizer.warm_up=10"), SmallPlaNet.LayoutOf("vector"));
        var batch = SmallDreamerV3.Rows(agent);
        Array.Fill(batch.Reward, 3 * size);
        for (ulong seed = 1; seed <= 400; seed++) Update(agent, seed, batch);
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        agent.ModelLosses(agent.Model.Preprocess(ModelBatch.From(batch, Device.Cpu), 0), noise,
            new Dictionary<string, Tensor>(), out var posterior);
        var predicted = agent.Model.Reward.Forward(agent.Model.Dynamics.Feature(posterior)).Mean.Mean().Item();
        Assert.Equal(3 * size, predicted, 0.3 * size + 0.01);
    }

    private static string[] Update(DreamerV3 agent, ulong seed, SequenceBatch? batch = null)
    {
        using var scope = new TensorScope();
        return [.. agent.Update(batch ?? SmallDreamerV3.Rows(agent), seed).Keys];
    }

    private static Dictionary<string, float[]> Numbers(DreamerV3 agent) => agent.Modules
        .Where(module => module.Key != "return_scale")
        .SelectMany(module => module.Value.NamedParameters(module.Key + "."))
        .ToDictionary(one => one.Name, one => one.Value.ToArray<float>());

    private static Dictionary<string, float[]> Stepped(string gradient, bool choices)
    {
        var layout = SmallPlaNet.LayoutOf("pixels") with { OneHot = choices };
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of($"actor.gradient={gradient}", "model.reward_scale=1",
            "critic.scale=1", "actor.scale=1", "*learning_rate=0.01", "optimizer.warm_up=0"), layout);
        Update(agent, 1);
        return Numbers(agent);
    }
}
