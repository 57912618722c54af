using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

[NoTensorLeaks]
public sealed class DreamerActingTests
{
    /// <summary>Rows of a batch act as if each were alone with the same past: nothing is taken from row 0.</summary>
    [Fact]
    public void RowsThatBeginAnEpisodeForgetTheOthersDoNot()
    {
        var narrow = SmallDreamer.Config with { Actor = SmallDreamer.Config.Actor with { InitialStd = 0.1 } };
        using var agent = SmallDreamer.Agent(narrow);
        using var used = agent.Begin(3, 5);
        using var fresh = agent.Begin(3, 5);
        foreach (var isFirst in new[] { true, false, false })
            agent.Act(SmallPlaNet.Observations(4, isFirst, isFirst, isFirst), used, ActMode.Collect);
        (used.Noise.State, used.Random.State) = (fresh.Noise.State, fresh.Random.State);

        var observations = SmallPlaNet.Observations(9, true, false, true);
        var after = agent.Act(observations, used, ActMode.Evaluate);
        var anew = agent.Act(observations, fresh, ActMode.Evaluate);
        Assert.Equal(anew[..2], after[..2]);
        Assert.NotEqual(anew[2..4], after[2..4]);
        Assert.Equal(anew[4..], after[4..]);
    }

    [Fact]
    public void CollectingAddsNoiseToSamplesEvaluatingTakesModes()
    {
        // A policy that is all but certain: its samples are its mode, and what is left is the noise.
        var actor = SmallDreamer.Config.Actor with { InitialStd = 1e-3, MinStd = 0 };
        var certain = SmallDreamer.Config with { Actor = actor };
        using var agent = SmallDreamer.Agent(certain, layout: Vectors);
        SetOutputs(agent, 0.3f, -0.2f, 0, 0);
        var (modes, again) = (Actions(1, ActMode.Evaluate), Actions(2, ActMode.Evaluate));
        var samples = Actions(1, ActMode.Collect);
        Assert.All(modes.Zip(again), pair => Assert.Equal(pair.First, pair.Second, 0.01));
        var noise = samples.Zip(modes).Select(pair => (double)(pair.First - pair.Second)).ToArray();
        Assert.InRange(Math.Sqrt(noise.Average(each => each * each)), 0.25, 0.35);
        Assert.Equal(Actions(1, ActMode.Collect), samples);
        Assert.NotEqual(Actions(2, ActMode.Collect), samples);
        Assert.All(samples, action => Assert.InRange(action, -1, 1));

        float[] Actions(ulong seed, ActMode mode)
        {
            using var state = agent.Begin(200, seed);
            return agent.Act(SmallPlaNet.Observations(Vectors, 1, [.. Enumerable.Repeat(true, 200)]), state, mode);
        }
    }

    [Fact]
    public void DiscreteActionsAreChoicesAndExploreByEpsilon()
    {
        const int Many = 2000;
        var layout = Vectors with { ActionSize = 4, OneHot = true };
        var sure = SmallDreamer.Config with { Exploration = new() { EvaluationEpsilon = 0 } };
        using var agent = SmallDreamer.Agent(sure, layout: layout);
        SetOutputs(agent, 0, 0, 99, 0);
        Assert.Equal(Many, Chosen(ActMode.Evaluate)[2]);
        var collected = Chosen(ActMode.Collect);                    // ε = 0.4, of which a quarter hits the same choice
        Assert.InRange(collected[2] / (double)Many, 0.66, 0.74);
        Assert.All(new[] { 0, 1, 3 }, choice => Assert.InRange(collected[choice] / (double)Many, 0.07, 0.13));
        agent.Optimizers["model"].StepCount = 150_000;
        Assert.InRange(Chosen(ActMode.Collect)[2] / (double)Many, 0.90, 0.95);

        int[] Chosen(ActMode mode)
        {
            using var state = agent.Begin(Many, 1);
            var first = SmallPlaNet.Observations(layout, 1, [.. Enumerable.Repeat(true, Many)]);
            var actions = agent.Act(first, state, mode);
            Assert.All(actions, entry => Assert.True(entry is 0 or 1));
            Assert.All(actions.Chunk(4), action => Assert.Equal(1, action.Sum()));
            return [.. Enumerable.Range(0, 4).Select(choice => (int)actions.Where((_, i) => i % 4 == choice).Sum())];
        }
    }

    [Fact]
    public void DiscreteActionsAreLearned()
    {
        var layout = Vectors with { ActionSize = 4, OneHot = true };
        using var agent = SmallDreamer.Agent(layout: layout);
        using var scope = new TensorScope();
        var measures = agent.Update(SmallPlaNet.Rows(layout: layout), 1);
        Assert.True(measures["actor_gradient_norm"].Item() > 0);
    }

    [Theory]
    [InlineData("rssm", "reconstruction")]
    [InlineData("ssm", "contrastive")]
    [InlineData("rnn", "reward_only")]
    [InlineData("drnn", "infonce")]
    public void UpdatesAndActsLeaveNothingBehind(string dynamics, string representation)
    {
        var config = SmallDreamer.Config.With((ModelConfig m) => m with { Dynamics = dynamics, Continue = true })
            .With((LossConfig l) => l with { Representation = representation });
        using var agent = SmallDreamer.Agent(config);
        using var state = agent.Begin(1, 5);
        var (batch, first) = (SmallPlaNet.Rows(reset: 2), SmallPlaNet.Observations(1, true));
        agent.Act(first, state, ActMode.Collect);
        var alive = Tensor.LiveCount;
        for (var turn = 0; turn < 20; turn++)
        {
            using var scope = new TensorScope();
            var measures = agent.Update(batch, (ulong)turn);
            Assert.Equal(measures.Count, scope.Count);              // the caller owns the measures and nothing more
            Assert.All(measures.Values, measure => Assert.True(double.IsFinite(measure.Item())));
            agent.Act(first, state, turn % 2 == 0 ? ActMode.Collect : ActMode.Evaluate);
        }
        Assert.Equal(alive, Tensor.LiveCount);
        Assert.All(agent.Optimizers.Values, optimizer => Assert.Equal(20, optimizer.StepCount));
    }

    private static Reverie.Replay.EpisodeLayout Vectors => SmallPlaNet.LayoutOf("vector");

    private static void SetOutputs(Dreamer agent, params float[] outputs)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (weight, bias) = (agent.Actor.Parameters()[^2], agent.Actor.Parameters()[^1]);
        weight.Zero_();
        bias.Copy_(Tensor.FromArray(outputs, [outputs.Length]));
    }
}
