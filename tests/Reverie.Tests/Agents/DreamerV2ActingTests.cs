using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

[NoTensorLeaks]
public sealed class DreamerV2ActingTests
{
    /// <summary>The policy's own entropy explores; where there is no noise besides, the mode is always the
    /// same.</summary>
    [Fact]
    public void CollectingTakesSamplesEvaluatingTheMode()
    {
        const int Many = 500;
        using var agent = SmallDreamerV2.Agent();
        SetBias(agent, 0, 1, 0, 0);
        Assert.Equal(Many, Chosen(ActMode.Evaluate)[1]);
        var collected = Chosen(ActMode.Collect);                    // e / (e + 3) = 0.475
        Assert.InRange(collected[1] / (double)Many, 0.38, 0.57);
        Assert.All(collected, count => Assert.True(count > 40));

        int[] Chosen(ActMode mode)
        {
            using var state = agent.Begin(Many, 1);
            var seen = SmallPlaNet.Observations(SmallDreamerV2.Choices, 1, [.. Enumerable.Repeat(true, Many)]);
            var actions = agent.Act(seen, state, mode);
            var counts = new int[4];
            foreach (var action in actions.Chunk(4)) counts[new DiscreteSpace(4).Choice(action)]++;
            return counts;
        }
    }

    [Fact]
    public void ContinuousActionsStayInsideTheirBounds()
    {
        using var agent = SmallDreamerV2.Agent(layout: SmallPlaNet.Layout);
        SetBias(agent, 0.5f, -3, 0, 0);
        using var state = agent.Begin(200, 1);
        var seen = SmallPlaNet.Observations(1, [.. Enumerable.Repeat(true, 200)]);
        var (collected, modes) = (agent.Act(seen, state, ActMode.Collect), agent.Act(seen, state, ActMode.Evaluate));
        Assert.All(collected, action => Assert.InRange(action, -1, 1));
        Assert.True(collected.Distinct().Count() > 300);
        Assert.All(modes.Chunk(2), action => Assert.Equal(Math.Tanh(0.5), action[0], 1e-3));
        Assert.All(modes.Chunk(2), action => Assert.Equal(Math.Tanh(-3), action[1], 1e-3));
    }

    [Theory]
    [InlineData("discrete_rssm", true)]
    [InlineData("rssm", false)]
    public void UpdatesAndActsLeaveNothingBehind(string dynamics, bool choices)
    {
        var config = SmallDreamerV2.Config.With((ModelConfig m) => m with { Dynamics = dynamics, Std = "sigmoid2" });
        var layout = choices ? SmallDreamerV2.Choices : SmallPlaNet.Layout;
        using var agent = SmallDreamerV2.Agent(config, layout: layout);
        using var state = agent.Begin(1, 5);
        var (batch, first) = (SmallDreamerV2.Rows(layout), SmallPlaNet.Observations(layout, 1, true));
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

    /// <summary>As many parameters as published, for control and for Atari.</summary>
    [Theory]
    [InlineData("dreamerv2,paper", 3, 6, false, 13_656_772, 976_012, 971_601)]
    [InlineData("dreamerv2,paper,atari", 1, 18, true, 19_975_379, 1_138_418, 1_131_601)]
    public void ThePublishedSizesHaveThePublishedNumbersOfParameters(string presets, int channels, int actions,
        bool choices, long model, long actor, long critic)
    {
        var config = ConfigReader.Resolve(new ConfigSources { Presets = Presets.Stack(presets) }).Config;
        var layout = new EpisodeLayout(new ImageSpace(64, 64, channels), 0, actions, choices);
        using var agent = new DreamerV2(config, layout, Device.Cpu);
        Assert.Equal((model, actor, critic),
            (agent.Model.ParameterCount, agent.Actor.ParameterCount, agent.Critic.ParameterCount));
        Assert.Equal(critic, agent.SlowCritic.ParameterCount);
    }

    private static void SetBias(DreamerV2 agent, params float[] outputs)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (weight, bias) = (agent.Actor.Parameters()[^2], agent.Actor.Parameters()[^1]);
        weight.Zero_();
        bias.Copy_(Tensor.FromArray(outputs, [outputs.Length]));
    }
}
