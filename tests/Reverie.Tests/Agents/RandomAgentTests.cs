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

    [Theory]
    [InlineData("uniform")]
    [InlineData("held")]
    [InlineData("brownian")]
    public void EveryGroupIsDrawnByItself(string kind)
    {
        var layout = EpisodeLayout.From(BoxSpace.Uniform(1, 0, 1),
            new GroupedSpace(new DiscreteSpace(2), BoxSpace.Uniform(1, -1, 1), new DiscreteSpace(3)));
        using var agent = new RandomAgent(layout, kind);
        using var state = agent.Begin(1, 1);
        var seen = new HashSet<(int, int)>();
        var values = new List<float>();
        for (var act = 0; act < 4000; act++)
        {
            var action = agent.Act([new TimeStep { IsFirst = act == 0 }], state, ActMode.Collect);
            Assert.Null(RowRule.FaultOf(action, layout.Groups.ToSpace()));
            seen.Add((Array.IndexOf(action, 1f, 0, 2), Array.IndexOf(action, 1f, 3, 3) - 3));
            values.Add(action[2]);
        }
        Assert.Equal(6, seen.Count);        // all combinations
        Assert.InRange(values.Max() - values.Min(), 1.8f, 2);
    }

    /// <summary>Held actions stay for 1 to 10 decisions, 5.5 in the mean; each episode begins with a new one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HeldActionsStay(bool oneHot)
    {
        using var agent = new RandomAgent(new EpisodeLayout(null, 1, 3, oneHot), "held");
        using var state = agent.Begin(1, 1);
        var (last, length, lengths) = (Array.Empty<float>(), 0, new List<int>());
        for (var act = 0; act < 6000; act++)
        {
            var action = agent.Act([new TimeStep { IsFirst = act == 0 }], state, ActMode.Collect);
            if (!action.SequenceEqual(last) && length > 0)
            {
                lengths.Add(length);
                length = 0;
            }
            (last, length) = (action, length + 1);
        }
        if (!oneHot) Assert.Equal((1, 10), (lengths.Min(), lengths.Max()));
        Assert.InRange(lengths.Average(), 5, oneHot ? 9 : 6);
    }

    /// <summary>Steps of a Brownian walk have a variance of 1/50, and the walk stays in its bounds.</summary>
    [Fact]
    public void BrownianActionsWalk()
    {
        using var agent = new RandomAgent(new EpisodeLayout(null, 1, 1), "brownian");
        using var state = agent.Begin(1, 1);
        var places = Enumerable.Range(0, 5000)
            .Select(act => agent.Act([new TimeStep { IsFirst = act == 0 }], state, ActMode.Collect)[0]).ToArray();
        Assert.InRange(places.Max(), 0.99f, 1);
        var inner = places.Zip(places.Skip(1)).Where(pair => Math.Abs(pair.First) < 0.5)
            .Select(pair => Math.Pow(pair.Second - pair.First, 2)).Average();
        Assert.InRange(inner, 0.018, 0.022);
        Assert.InRange(agent.Act([new TimeStep { IsFirst = true }], state, ActMode.Collect)[0], -0.6f, 0.6f);
        using var choices = new RandomAgent(new EpisodeLayout(null, 1, 3, OneHot: true), "brownian");
        using var other = choices.Begin(2, 1);
        var action = choices.Act(new TimeStep[2], other, ActMode.Collect);
        Assert.True(DiscreteSpace.IsOneHot(action.AsSpan(0, 3)) && DiscreteSpace.IsOneHot(action.AsSpan(3, 3)));
    }
}
