using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>DreamerV2 learns something tiny, with either gradient.</summary>
[NoTensorLeaks]
public sealed class DreamerV2LearningTests
{
    private const int Length = 6, Batch = 8, Choices = 4, Best = 2;

    /// <summary>An environment that always looks the same and pays one choice of four: the policy must find it, the
    /// critic what it is worth, through a model of the rewards alone.</summary>
    [Theory]
    [InlineData("reinforce")]
    [InlineData("dynamics")]
    public void ThePolicyOfABanditFindsTheBestChoice(string gradient)
    {
        var config = SmallDreamerV2.Config with
        {
            Model = SmallDreamerV2.Config.Model with
            {
                Stoch = 4, Deter = 16, Hidden = 16, RewardLayers = 2, RewardUnits = 32, Continue = false,
            },
            Loss = new() { Image = 0, Reward = 1, FreeNats = 1, FreeNatsOver = "batch" },
            Optimizer = new() { LearningRate = 3e-3, Epsilon = 1e-5, EpsilonHat = true, ClipNorm = 100 },
            Actor = new() { Layers = 2, Units = 16, LearningRate = 2e-3, Gradient = gradient, Entropy = 1e-3 },
            Critic = new() { Layers = 2, Units = 16, LearningRate = 3e-3, SlowEvery = 10 },
            Imagination = new() { Horizon = 5, Discount = 0.8 },
        };
        using var agent = SmallDreamerV2.Agent(config, layout: Layout);
        var random = new RandomSource(3);
        var measured = new Dictionary<string, double>();
        for (var update = 0; update < 400; update++)
        {
            using var scope = new TensorScope();
            foreach (var (name, value) in agent.Update(Bandit(random), (ulong)update)) measured[name] = value.Item();
        }
        using var state = agent.Begin(50, 1);
        var actions = agent.Act(Enumerable.Repeat(Row(), 50).ToArray(), state, ActMode.Collect);
        Assert.InRange(actions.Chunk(Choices).Count(action => action[Best] == 1), 45, 50);
        Assert.InRange(measured["imagined_reward"], 0.7, 1.05);
        Assert.InRange(measured["imagined_value"] * (1 - 0.8), 0.7, 1.15);
        Assert.InRange(measured["actor_entropy"], 0, 0.5);
    }

    private static EpisodeLayout Layout { get; } = new(null, 1, Choices, OneHot: true);

    private static TimeStep Row() => new() { Image = [], Vector = [0.5f], IsFirst = true };

    private static SequenceBatch Bandit(RandomSource random)
    {
        var batch = new SequenceBatch(Layout, Length, Batch);
        Array.Fill(batch.Vector, 0.5f);
        for (var row = 0; row < Length * Batch; row++)
        {
            var choice = random.NextInt(Choices);
            batch.Action[row * Choices + choice] = 1;
            batch.Reward[row] = choice == Best ? 1 : 0;
        }
        return batch;
    }
}
