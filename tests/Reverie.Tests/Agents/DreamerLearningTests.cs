using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Dreamer learns something tiny.</summary>
[NoTensorLeaks]
public sealed class DreamerLearningTests
{
    private const int Length = 6, Batch = 8;
    private const float Best = 0.5f;

    /// <summary>An environment that always looks the same and rewards one action the most: the policy must find it, the
    /// critic what it is worth, through a model of the rewards alone.</summary>
    [Fact]
    public void ThePolicyOfABanditFindsTheBestAction()
    {
        var config = SmallDreamer.Config with
        {
            Model = SmallDreamer.Config.Model with
            {
                Stoch = 4, Deter = 16, Hidden = 16, RewardLayers = 2, RewardUnits = 32,
            },
            Loss = new() { Image = 0, Reward = 1, FreeNats = 1 },
            Optimizer = new() { LearningRate = 3e-3, Epsilon = 1e-7, ClipNorm = 100 },
            Actor = new() { Layers = 2, Units = 16, LearningRate = 1e-3, InitialStd = 1 },
            Critic = new() { Layers = 2, Units = 16, LearningRate = 3e-3 },
            Imagination = new() { Horizon = 5, Discount = 0.8 },
        };
        using var agent = SmallDreamer.Agent(config, layout: Layout);
        var random = new RandomSource(3);
        var (value, reward) = (0.0, 0.0);
        const int Updates = 800;
        for (var update = 0; update < Updates; update++)
        {
            using var scope = new TensorScope();
            var measures = agent.Update(Bandit(random), (ulong)update);
            (value, reward) = (measures["imagined_value"].Item(), measures["imagined_reward"].Item());
        }
        using var state = agent.Begin(20, 1);
        var actions = agent.Act(Enumerable.Repeat(Row(), 20).ToArray(), state, ActMode.Evaluate);
        Assert.InRange(actions.Average(), Best - 0.15, Best + 0.15);
        Assert.InRange(reward, 0.8, 1.05);
        Assert.InRange(value / (reward / (1 - 0.8)), 0.8, 1.2);
    }

    private static EpisodeLayout Layout { get; } = new(null, 1, 1);

    private static Reverie.Environments.TimeStep Row() => new() { Image = [], Vector = [0.5f], IsFirst = true };

    private static SequenceBatch Bandit(RandomSource random)
    {
        var batch = new SequenceBatch(Layout, Length, Batch);
        Array.Fill(batch.Vector, 0.5f);
        for (var i = 0; i < batch.Action.Length; i++)
        {
            batch.Action[i] = (float)random.NextDouble(-1, 1);
            batch.Reward[i] = 1 - (batch.Action[i] - Best) * (batch.Action[i] - Best);
        }
        return batch;
    }
}
