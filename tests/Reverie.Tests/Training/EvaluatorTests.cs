using Reverie.Agents;
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
        var steps = 0;
        using var bars = WatchedEnvironment.Pool(environments, 0, (_, call) =>
        {
            if (call == "step") Interlocked.Increment(ref steps);
        });
        var result = Evaluate(bars, episodes, 5, agent: agent, played: played.Add);
        Assert.Equal(episodes, result.Returns.Count);
        Assert.Equal(played.Select(episode => episode.Return), result.Returns);
        Assert.Equal(episodes, result.Returns.Distinct().Count());
        Assert.Equal(10 * episodes, steps);
        Assert.StartsWith("E", agent.Calls);
        Assert.DoesNotContain('C', agent.Calls);
    }

    [Fact]
    public void TheSeedDecidesTheReturns()
    {
        using var bars = WatchedEnvironment.Pool(2, 0);
        double[] Returns(ulong seed) => [.. Evaluate(bars, 4, seed).Returns];
        Assert.Equal(Returns(5), Returns(5));
        Assert.Empty(Returns(5).Intersect(Returns(6)));
    }

    [Fact]
    public void CrashesAreCountedAndCostNoEpisode()
    {
        var steps = 0;
        using var environments = WatchedEnvironment.Pool(1, 1, (_, call) =>
        {
            if (call == "step" && ++steps is 4 or 20) throw new InvalidOperationException("broken");
        });
        var lines = new List<string>();
        var result = Evaluate(environments, 3, 5, lines.Add);
        Assert.Equal((3, 2, 2), (result.Returns.Count, result.Restarts, lines.Count));
        Assert.Equal(0, Evaluate(environments, 3, 5).Restarts);
    }

    private static Evaluation Evaluate(ParallelEnvironments environments, int episodes, ulong seed,
        Action<string>? report = null, IAgent? agent = null, Action<Episode>? played = null)
    {
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        var collector = new Collector(environments, layout, report ?? (line => Assert.Fail(line)));
        return new Evaluator(collector).Evaluate(agent ?? new ScriptedAgent(1), episodes, seed, played: played);
    }
}
