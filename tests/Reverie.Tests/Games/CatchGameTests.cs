using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Games;

public sealed class CatchGameTests
{
    public static TheoryData<string> Tasks => ["catch", "catch_one"];

    /// <summary>Games of one length look like a time limit, and the checker says so; nothing is wrong beside that.</summary>
    [Theory, MemberData(nameof(Tasks))]
    public void TheCheckerFindsNothingButGamesOfOneLength(string task)
    {
        GameTasks.Register();
        var finding = Assert.Single(EnvironmentChecker.Check(task, new EnvironmentConfig(), steps: 300));
        Assert.False(finding.IsError);
        Assert.StartsWith("every episode terminated after", finding.What);
    }

    [Fact]
    public void ItMayBeSeenAsAVectorOrAsBoth()
    {
        GameTasks.Register();
        foreach (var kind in Enum.GetValues<ObservationKind>())
        {
            using var environment = EnvironmentRegistry.Make("catch", new EnvironmentConfig(), 1, kind);
            var row = environment.Reset();
            Assert.Equal((kind == ObservationKind.Vector ? 0 : 64 * 64 * 3, kind == ObservationKind.Pixels ? 0 : 4),
                (row.Image.Length, row.Vector.Length));
        }
        Assert.Equal(4, EnvironmentRegistry.Find("catch").Observations.Sum(entry => entry.Size));
    }

    [Fact]
    public void WhoFollowsTheBallCatchesEveryOne()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            using var game = new CatchGame(balls: 10, seed);
            var (rewards, steps, row) = (new List<double>(), 0, game.Reset());
            while (!row.IsLast)
            {
                row = game.Step(CatchGame.Choices.OneHot(1 + Math.Sign(row.Vector[0] - row.Vector[2])));
                steps++;
                Assert.Equal(steps % 8 == 7, row.Reward != 0);
                if (row.Reward != 0) rewards.Add(row.Reward);
            }
            Assert.Equal(Enumerable.Repeat(1.0, 10), rewards);
            Assert.Equal(CatchGame.EpisodeSteps(10), steps);
            Assert.True(row.IsTerminal);
        }
    }

    [Fact]
    public void WhoMovesAtRandomCatchesAnEighth()
    {
        const int episodes = 1000, balls = 10;
        using var game = new CatchGame(balls, seed: 3);
        var random = new RandomSource(4);
        var sum = 0.0;
        for (var episode = 0; episode < episodes; episode++)
            for (var row = game.Reset(); !row.IsLast; sum += row.Reward)
                row = game.Step(CatchGame.Choices.OneHot(random.NextInt(3)));
        // Mean −7.5 of an episode; the paddle moves little from one ball to the next, yet their columns are
        // independent.
        Assert.InRange(sum / episodes, -7.5 - 0.3, -7.5 + 0.3);
    }

    [Fact]
    public void ThePaddleMovesAndStaysInTheField()
    {
        using var game = new CatchGame(balls: 3);
        var before = game.Reset(5).Vector[2];
        foreach (var (choice, step) in
            new[] { (CatchGame.Stay, 0.0), (CatchGame.Left, -2 / 7.0), (CatchGame.Right, 2 / 7.0) })
        {
            var after = game.Step(CatchGame.Choices.OneHot(choice)).Vector[2];
            Assert.Equal(Math.Clamp(before + step, -1, 1), after, 5);
            before = after;
        }
        for (var i = 0; i < 8; i++)
            before = game.Step(CatchGame.Choices.OneHot(CatchGame.Left)).Vector[2];
        Assert.Equal(-1, before);
        Assert.Throws<ArgumentException>(() => game.Step([1, 1, 0]));
        Assert.Throws<ArgumentException>(() => game.Step([0, 0.5f, 0]));
        Assert.Throws<ArgumentException>(() => game.Step([1, 0]));
    }

    [Fact]
    public void ThePictureShowsAllThereIsToKnow()
    {
        // Same vector, same picture; another vector, another picture.
        using var game = new CatchGame(balls: 4, seed: 1);
        var random = new RandomSource(2);
        var pictures = new Dictionary<string, string>();
        for (var episode = 0; episode < 60; episode++)
            for (var row = game.Reset(); ; row = game.Step(CatchGame.Choices.OneHot(random.NextInt(3))))
            {
                var (state, picture) = (string.Join(' ', row.Vector), Convert.ToBase64String(game.Draw()));
                Assert.Equal(picture, pictures.TryGetValue(state, out var known) ? known : pictures[state] = picture);
                if (row.IsLast) break;
            }
        Assert.Equal(pictures.Count, pictures.Values.Distinct().Count());
    }

    [Fact]
    public void SameSeedSameEpisode()
    {
        Assert.Equal(Play(7), Play(7));
        Assert.NotEqual(Play(7), Play(8));

        static float[] Play(int seed)
        {
            using var game = new CatchGame(balls: 5, seed);
            game.Reset();
            return [.. Enumerable.Range(0, CatchGame.EpisodeSteps(5) - 1)
                .SelectMany(i => game.Step(CatchGame.Choices.OneHot(i % 3)).Vector)];
        }
    }

    [Fact]
    public void TheTerminationReachesTheReplay()
    {
        GameTasks.Register();
        using var directory = new TemporaryDirectory();
        using var environments = ParallelEnvironments.Make("catch_one", new EnvironmentConfig(), 1);
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        using var agent = new RandomAgent(layout);
        var replay = new ReplayBuffer(new EpisodeStore(directory.Path), layout,
            new ReplayConfig { ChunkLength = 8, BatchSize = 3, MemoryGb = 0 }, new RandomSource(1));
        var collector = new Collector(environments, layout, line => Assert.Fail(line));
        foreach (var collected in collector.Collect(agent, ActMode.Collect, 1))
            replay.Add(collected.Episode);
        var batch = replay.Sample();
        Assert.Equal([.. Enumerable.Repeat(false, 7 * 3), true, true, true], batch.IsTerminal);
        Assert.Equal(batch.IsTerminal, batch.IsLast);
        for (var row = 0; row < 8 * 3; row++)
            Assert.Equal(row >= 3, DiscreteSpace.IsOneHot(batch.Action.AsSpan(row * 3, 3)));
    }

    [Fact]
    public void ATimeLimitInsideAnEpisodeDoesNotTerminateIt()
    {
        GameTasks.Register();
        using var environment = EnvironmentRegistry.Make("catch", new EnvironmentConfig { TimeLimit = 20 }, 1);
        var (row, steps) = (environment.Reset(), 0);
        for (; !row.IsLast; steps++)
            row = environment.Step(CatchGame.Choices.OneHot(CatchGame.Stay));
        Assert.Equal((20, false), (steps, row.IsTerminal));
    }
}
