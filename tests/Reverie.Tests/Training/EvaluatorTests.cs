using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

public sealed class EvaluatorTests
{
    [Fact]
    public void MeanSpreadWorstAndBest()
    {
        var result = Evaluation.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal((5, 2, 2, 9), (result.Mean, result.Std, result.Min, result.Max));
        Assert.Equal(0, Evaluation.Of([3]).Std);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(2, 1)]
    public void ExactlyAsManyEpisodesAsAsked(int environments, int episodes)
    {
        var played = new List<Episode>();
        var agent = new ScriptedAgent(1);
        var result = new Evaluator(Bars(environments)).Evaluate(agent, episodes, 5, played: played.Add);
        Assert.Equal(episodes, result.Returns.Count);
        Assert.Equal(played.Select(episode => episode.Return), result.Returns);
        Assert.Equal(episodes, result.Returns.Distinct().Count());
        Assert.StartsWith("E", agent.Calls);
        Assert.DoesNotContain('C', agent.Calls);
    }

    [Fact]
    public void TheSeedDecidesTheReturns()
    {
        double[] Returns(ulong seed) =>
            [.. new Evaluator(Bars(2)).Evaluate(new ScriptedAgent(1), 4, seed).Returns];
        Assert.Equal(Returns(5), Returns(5));
        Assert.Empty(Returns(5).Intersect(Returns(6)));
    }

    [Fact]
    public void EnvironmentsOfDifferentLengthsEndEachOnItsOwn()
    {
        var environments = new[] { new CountingEnvironment(5), new CountingEnvironment(9), new CountingEnvironment(7) };
        var layout = EpisodeLayout.From(environments[0].ObservationSpace, environments[0].ActionSpace);
        var episodes = new Collector(environments, layout).Collect(new ScriptedAgent(2), ActMode.Collect, 1);
        Assert.Equal([5, 9, 7], episodes.Select(episode => episode.Decisions));
        foreach (var episode in episodes)
            for (var row = 0; row < episode.Rows; row++)
            {
                Assert.Equal(row, episode.VectorAt(row)[0]);
                // The environment repeats the action it was given: it is the one recorded, and of its own column.
                Assert.Equal(episode.ActionAt(row), episode.VectorAt(row)[1..]);
            }
        Assert.NotEqual(episodes[0].ActionAt(1).ToArray(), episodes[1].ActionAt(1).ToArray());
    }

    [Fact]
    public void AskedToStopItLeavesBetweenTwoDecisions()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            Bars(1).Collect(new ScriptedAgent(1), ActMode.Collect, 1, stop.Token));
    }

    private static Collector Bars(int count)
    {
        BarEnvironment.Register();
        var config = new EnvironmentConfig { TimeLimit = 6 };
        var environments = Enumerable.Range(0, count)
            .Select(n => EnvironmentRegistry.Make(BarEnvironment.Task, config, n)).ToArray();
        var layout = EpisodeLayout.From(environments[0].ObservationSpace, environments[0].ActionSpace);
        return new Collector(environments, layout);
    }
}
