using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Tests.Agents;

public sealed class RandomAgentTests
{
    [Fact]
    public void ChoicesAreOneHotAndEquallyLikely()
    {
        const int environments = 4, choices = 3, acts = 2000;
        using var agent = new RandomAgent(new EpisodeLayout(null, 1, choices, OneHot: true));
        using var state = agent.Begin(environments, 1);
        var counts = new int[choices];
        for (var act = 0; act < acts; act++)
        {
            var actions = agent.Act(new TimeStep[environments], state, ActMode.Collect);
            Assert.Equal(environments * choices, actions.Length);
            for (var n = 0; n < environments; n++)
                counts[new DiscreteSpace(choices).Choice(actions.AsSpan(n * choices, choices))]++;
        }
        Assert.All(counts, count => Assert.InRange(count / (double)(acts * environments), 0.31, 0.36));
    }

    [Fact]
    public void ContinuousActionsFillTheirBounds()
    {
        using var agent = new RandomAgent(new EpisodeLayout(null, 1, 2));
        using var state = agent.Begin(1, 1);
        var actions = Enumerable.Range(0, 1000).SelectMany(_ => agent.Act(new TimeStep[1], state, ActMode.Collect)).ToArray();
        Assert.InRange(actions.Min(), -1, -0.95f);
        Assert.InRange(actions.Max(), 0.95f, 1);
        Assert.InRange(actions.Average(), -0.05f, 0.05f);
    }
}
