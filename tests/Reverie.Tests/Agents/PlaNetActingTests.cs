using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Acting: what is remembered from decision to decision, and what is forgotten at a reset.</summary>
[NoTensorLeaks]
public sealed class PlaNetActingTests
{
    [Theory]
    [InlineData("pixels")]
    [InlineData("vector")]
    [InlineData("both")]
    public void FiltersWithTheActionThatWasExecuted(string encoder)
    {
        var layout = SmallPlaNet.LayoutOf(encoder);
        using var agent = SmallPlaNet.Agent(layout: layout);
        using var state = agent.Begin(2, 5);
        using var scope = new TensorScope();
        agent.Act(SmallPlaNet.Observations(layout, 1, true, true), state, ActMode.Collect);
        var (before, executed) = (state.Latent!.Map(part => part.Clone()), state.Action!.Clone());
        using var noise = new Generator(Device.Cpu, 0) { State = state.Noise.State };
        var pictures = new RandomSource(state.Random.State);

        var observations = SmallPlaNet.Observations(layout, 2, false, false);
        var actions = agent.Act(observations, state, ActMode.Collect);
        var seen = new Observation(
            layout.Image is null ? null
                : Tensor.FromArray(observations.SelectMany(o => o.Image).ToArray(), [2, 64, 64, 3]).Permute(0, 3, 1, 2),
            layout.VectorSize == 0 ? null : Tensor.FromArray(observations.SelectMany(o => o.Vector).ToArray(), [2, 4]));
        var (model, dynamics) = (agent.Model, agent.Model.Dynamics);
        var embed = model.Embed(model.Preprocess(seen, (long)pictures.NextUInt64()));
        var expected = dynamics.PosteriorStep(before, executed, dynamics.PriorStep(before, executed, null), embed,
            Tensor.Randn([2, dynamics.StochSize], noise));
        Assert.Equal(expected.Stoch.ToArray<float>(), state.Latent!.Stoch.ToArray<float>());
        Assert.Equal(expected.Deter.ToArray<float>(), state.Latent!.Deter.ToArray<float>());
        Assert.Equal(actions, state.Action!.ToArray<float>());
    }

    [Fact]
    public void RowsThatBeginAnEpisodeForgetTheOthersDoNot()
    {
        using var agent = SmallPlaNet.Agent();
        using var used = agent.Begin(3, 5);
        using var fresh = agent.Begin(3, 5);
        using var scope = new TensorScope();
        foreach (var isFirst in new[] { true, false, false })
            agent.Act(SmallPlaNet.Observations(4, isFirst, isFirst, isFirst), used, ActMode.Collect);
        (used.Noise.State, used.Random.State) = (fresh.Noise.State, fresh.Random.State);

        var observations = SmallPlaNet.Observations(9, true, false, true);
        var after = agent.Act(observations, used, ActMode.Evaluate);
        var anew = agent.Act(observations, fresh, ActMode.Evaluate);
        Assert.Equal([3, 5], used.Latent!.Deter.Shape.ToArray());
        for (var n = 0; n < 3; n++)
        {
            var same = used.Latent.Deter[n].ToArray<float>().SequenceEqual(fresh.Latent!.Deter[n].ToArray<float>())
                && used.Latent.Stoch[n].ToArray<float>().SequenceEqual(fresh.Latent.Stoch[n].ToArray<float>());
            Assert.Equal(observations[n].IsFirst, same);
        }
        Assert.Equal(anew[..2], after[..2]);
        Assert.Equal(anew[4..], after[4..]);
    }

    [Fact]
    public void ActionsFollowFromTheSeedAndStayInTheirBounds()
    {
        var loud = SmallPlaNet.Config with { Planner = SmallPlaNet.Config.Planner with { ActionNoise = 10 } };
        using var agent = SmallPlaNet.Agent(loud);
        var (one, two, other) = (Run(1, ActMode.Collect), Run(1, ActMode.Collect), Run(2, ActMode.Collect));
        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
        Assert.All(one, action => Assert.InRange(action, -1, 1));
        Assert.Contains(one, action => Math.Abs(action) == 1);
        Assert.NotEqual(one, Run(1, ActMode.Evaluate));

        float[] Run(ulong seed, ActMode mode)
        {
            using var state = agent.Begin(1, seed);
            return [.. Enumerable.Range(0, 6).SelectMany(t =>
                agent.Act(SmallPlaNet.Observations((ulong)t, t == 0), state, mode))];
        }
    }

    [Fact]
    public void RandomCollectionPlansOnlyWhenItIsTested()
    {
        var config = SmallPlaNet.Config;
        using var agent = SmallPlaNet.Agent(config with { Planner = config.Planner with { Collection = "random" } });
        using var state = agent.Begin(100, 1);
        var observations = SmallPlaNet.Observations(1, [.. Enumerable.Repeat(true, 100)]);
        var collected = agent.Act(observations, state, ActMode.Collect);
        // Clipped N(0, 1): a third lies on the bounds, where a mean of elites seldom does.
        Assert.InRange(collected.Count(action => Math.Abs(action) == 1), 40, 90);
        Assert.InRange(agent.Act(observations, state, ActMode.Evaluate).Count(action => Math.Abs(action) == 1), 0, 20);
    }

    [Fact]
    public void ChoicesAreMadeOneHotAndExploredAtRandom()
    {
        var config = SmallPlaNet.Config with { Planner = SmallPlaNet.Config.Planner with { ActionNoise = 0.5 } };
        using var agent = new PlaNet(config, SmallPlaNet.Layout with { ActionSize = 4, OneHot = true }, Device.Cpu);
        using var state = agent.Begin(200, 1);
        var observations = SmallPlaNet.Observations(1, [.. Enumerable.Repeat(true, 200)]);
        int[] Choices(ActMode mode)
        {
            var actions = agent.Act(observations, state, mode);
            Assert.Equal(actions, state.Action!.ToArray<float>());
            return [.. Enumerable.Range(0, 200).Select(n => new DiscreteSpace(4).Choice(actions.AsSpan(4 * n, 4)))];
        }
        Choices(ActMode.Evaluate);
        Assert.Equal(4, Choices(ActMode.Collect).Distinct().Count());
        using var random = new PlaNet(config with { Planner = config.Planner with { Collection = "random" } },
            SmallPlaNet.Layout with { ActionSize = 4, OneHot = true }, Device.Cpu);
        using var other = random.Begin(200, 1);
        var drawn = random.Act(observations, other, ActMode.Collect);
        for (var choice = 0; choice < 4; choice++)
            Assert.InRange(Enumerable.Range(0, 200).Count(n => drawn[4 * n + choice] == 1), 30, 70);
    }

    [Theory]
    [InlineData("rssm", 1000)]
    [InlineData("discrete_rssm", 100)]
    [InlineData("ssm", 100)]
    [InlineData("rnn", 100)]
    [InlineData("drnn", 100)]
    public void ActsLeaveNothingBehind(string dynamics, int acts)
    {
        using var agent = SmallPlaNet.Agent(SmallPlaNet.Config.With((ModelConfig m) => m with { Dynamics = dynamics }));
        using var state = agent.Begin(1, 5);
        var first = SmallPlaNet.Observations(1, true);
        var next = SmallPlaNet.Observations(2, false);
        agent.Act(first, state, ActMode.Collect);
        var alive = Tensor.LiveCount;
        for (var t = 0; t < acts; t++)
            agent.Act(t % 50 == 0 ? first : next, state, t % 2 == 0 ? ActMode.Collect : ActMode.Evaluate);
        Assert.Equal(alive, Tensor.LiveCount);
    }

    [Fact]
    public void AHundredUpdatesLeaveNothingBehind()
    {
        using var agent = SmallPlaNet.Agent(SmallPlaNet.Config.With((LossConfig loss) =>
            loss with { GlobalPrior = 0.1, Overshooting = new() { Distance = 3, Reward = 1 } }));
        var batch = SmallPlaNet.Rows(reset: 2);
        var alive = Tensor.LiveCount;
        for (var update = 0; update < 100; update++)
        {
            using var scope = new TensorScope();
            var measures = agent.Update(batch, (ulong)update);
            Assert.Equal(measures.Count, scope.Count);              // the caller owns the measures and nothing more
            if (update % 20 == 0) Assert.All(measures.Values, measure => Assert.True(double.IsFinite(measure.Item())));
        }
        Assert.Equal(alive, Tensor.LiveCount);
        Assert.Equal(100, agent.Optimizers["model"].StepCount);
    }

    [Fact, NoTensorLeaks]
    public void AnotherNumberOfObservationsIsRefused()
    {
        using var agent = SmallPlaNet.Agent();
        using var state = agent.Begin(2, 1);
        Assert.Throws<ArgumentException>(() => agent.Act(new Reverie.Environments.TimeStep[1], state, ActMode.Evaluate));
    }
}
