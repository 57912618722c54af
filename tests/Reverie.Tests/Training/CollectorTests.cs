using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

public sealed class CollectorTests
{
    private readonly List<string> lines = [];

    [Fact]
    public void EnvironmentsOfDifferentLengthsEndEachOnItsOwn()
    {
        int[] lengths = [5, 9, 7];
        using var environments = new ParallelEnvironments(3, 2, n => new CountingEnvironment(lengths[n]));
        var episodes = Collect(environments, new ScriptedAgent(2), 1).Select(each => each.Episode).ToArray();
        Assert.Equal(lengths, episodes.Select(episode => episode.Decisions));
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
        var steps = 0;
        using var environments = WatchedEnvironment.Pool(3, 2, (_, call) =>
        {
            if (call == "step" && Interlocked.Increment(ref steps) == 4) stop.Cancel();
        });
        var collector = new Collector(environments, LayoutOf(environments), lines.Add);
        Assert.Throws<OperationCanceledException>(() =>
            collector.Collect(new ScriptedAgent(1), ActMode.Collect, 1, stop.Token));
        Assert.Equal(6, steps);
        // What was left unfinished is no part of what comes next.
        Assert.Equal(Contents(3, 1), Contents(collector.Collect(new ScriptedAgent(1), ActMode.Collect, 1)));
    }

    [Fact]
    public void EpisodesDoNotDependOnTheThreads()
    {
        var one = Contents(4, threads: 1);
        Assert.Equal(4, one.Distinct().Count());
        Assert.Equal(one, Contents(4, threads: 2));
        Assert.Equal(one, Contents(4, threads: 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void ACrashIsToldAndItsEpisodeDroppedWhileTheOthersNoticeNothing(int threads)
    {
        var (whole, steps) = (Contents(4, 1), new int[4]);
        using var environments = WatchedEnvironment.Pool(4, threads, (n, call) =>
        {
            if (call == "step" && ++steps[n] == 7 && n == 2)
                throw new InvalidOperationException("the simulator exploded\nin two lines");
        });
        var collected = Collect(environments, new ScriptedAgent(1), 1);
        Assert.Equal(["environment 3 of 4 crashed at decision 7; it is made anew and plays another episode: "
            + "InvalidOperationException: the simulator exploded in two lines"], lines);
        Assert.Equal([0, 0, 1, 0], collected.Select(each => each.Restarts));
        Assert.Equal([10, 10, 10, 10], collected.Select(each => each.EnvSteps));
        Assert.Equal([10, 10, 17, 10], steps);
        var contents = Contents(collected);
        foreach (var n in (int[])[0, 1, 3])
            Assert.Equal(whole[n], contents[n]);
        Assert.NotEqual(whole[2], contents[2]);
        // Nothing is left of it in the next episode.
        Assert.All(Collect(environments, new ScriptedAgent(1), 1), each => Assert.Equal(0, each.Restarts));
    }

    [Theory]
    [InlineData("step", "at decision 1")]
    [InlineData("reset", "at the reset")]
    public void CrashAfterCrashEndsIt(string call, string place)
    {
        var made = 0;
        using var environments = WatchedEnvironment.Pool(2, 2, (n, now) =>
        {
            if (n == 1 && now == "make") made++;
            if (n == 1 && now == call) throw new InvalidOperationException($"no {now}");
        });
        var error = Assert.ThrowsAny<ReverieException>(() => Collect(environments, new ScriptedAgent(1), 1));
        Assert.Equal($"environment 2 of 2 crashed 3 times without finishing an episode, at last {place}: "
            + $"InvalidOperationException: no {call}", error.Message);
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.StartsWith($"environment 2 of 2 crashed {place}; ", line));
        Assert.Equal(3, made);
    }

    [Fact]
    public void OneThatCannotBeMadeAgainHasCrashedAgain()
    {
        var made = 0;
        using var environments = WatchedEnvironment.Pool(1, 1, (n, now) =>
        {
            if (now == "make" && ++made is 2) throw new InvalidOperationException("not made");
            if (now == "step" && made == 1) throw new InvalidOperationException("not stepped");
        });
        var collected = Assert.Single(Collect(environments, new ScriptedAgent(1), 1));
        Assert.Equal((2, 10), (collected.Restarts, collected.Episode.Decisions));
        Assert.Equal(["at decision 1", "at the reset"], lines.Select(line => line.Split("crashed ")[1].Split(';')[0]));
    }

    [Fact]
    public void ARowThatBreaksTheContractIsACrash()
    {
        BarEnvironment.Register();
        using var environments = new ParallelEnvironments(1, 1, _ => new TimeLimit(new BarEnvironment(), 10));
        BarEnvironment.Fault = (n, row) => n == 4 ? row with { IsTerminal = true } : row;
        var error = Assert.ThrowsAny<ReverieException>(() => Collect(environments, new ScriptedAgent(1), 1));
        Assert.EndsWith("at last at decision 4: environment: at row 4: it is terminal but not the last row", error.Message);
        BarEnvironment.Register();
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 10)]
    [InlineData(4, 10)]
    public void EnvStepsAreThoseThatWereTakenInTheLastDecisionToo(int repeat, int expected)
    {
        using var environments = new ParallelEnvironments(1, 1, _ =>
            new ActionRepeat(new CountingEnvironment(10, terminates: true), repeat));
        var collected = Assert.Single(Collect(environments, new ScriptedAgent(2), 1));
        Assert.Equal((expected, (expected + repeat - 1) / repeat), (collected.EnvSteps, collected.Episode.Decisions));
    }

    private static EpisodeLayout LayoutOf(ParallelEnvironments environments) =>
        EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);

    private static string[] Contents(int count, int threads)
    {
        using var environments = WatchedEnvironment.Pool(count, threads);
        var collector = new Collector(environments, LayoutOf(environments), line => Assert.Fail(line));
        return Contents(collector.Collect(new ScriptedAgent(1), ActMode.Collect, 1));
    }

    private static string[] Contents(CollectedEpisode[] collected) =>
        [.. collected.Select(each => each.Episode).Select(episode =>
            string.Join(' ', [.. episode.Reward, .. episode.Action]) + Convert.ToHexString(episode.Image))];

    private CollectedEpisode[] Collect(ParallelEnvironments environments, IAgent agent, ulong seed) =>
        new Collector(environments, LayoutOf(environments), lines.Add).Collect(agent, ActMode.Collect, seed);
}
