using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Replay;
using Reverie.Training;

namespace Reverie.Tests.Games;

public sealed class TakeCoverGameTests
{
    private const float Left = -1, Stay = 0, Right = 1;

    [Fact]
    public void WhoStandsStillIsHitThreeTimes()
    {
        using var game = new TakeCoverGame(seed: 1);
        var (row, steps, lives) = (game.Reset(), 0, new List<float>());
        Assert.True(row.IsFirst);
        for (; !row.IsLast; steps++)
        {
            row = game.Step([Stay]);
            Assert.Equal(row.IsLast ? 0 : 1, row.Reward);
            if (lives.Count == 0 || lives[^1] != row.Vector[1]) lives.Add(row.Vector[1]);
        }
        Assert.True(row.IsTerminal);
        Assert.InRange(steps, 40, 150);
        Assert.Equal([1, 2 / 3f, 1 / 3f, 0], lives);
    }

    /// <summary>A third of the range on either side moves, the middle one does not; the walls hold.</summary>
    [Theory]
    [InlineData(-1, -1)]
    [InlineData(-0.34f, -1)]
    [InlineData(-0.33f, 0)]
    [InlineData(0.33f, 0)]
    [InlineData(0.34f, 1)]
    public void TheActionIsCutIntoThree(float action, int direction)
    {
        using var game = new TakeCoverGame();
        game.Reset(1);
        Assert.Equal(direction * 0.04f, game.Step([action]).Vector[0], 1e-6);
        for (var i = 0; i < 30; i++) game.Step([action]);
        Assert.Equal(direction, game.Step([action]).Vector[0], 1e-6);
    }

    /// <summary>Held random actions, as the paper collected with, survive about as long as in Doom (210 ± 108).</summary>
    [Fact]
    public void RandomActionsSurviveAsLongAsIsReportedOfDoom()
    {
        var lengths = Lengths(200, () =>
        {
            var (random, action, left) = (new RandomSource(7), 0.0, 0);
            return _ =>
            {
                if (left-- == 0) (action, left) = (random.NextDouble(-1, 1), random.NextInt(10));
                return (float)action;
            };
        });
        var mean = lengths.Average();
        Assert.InRange(mean, 170, 260);
        Assert.InRange(Math.Sqrt(lengths.Average(length => Math.Pow(length - mean, 2))), 60, 150);
    }

    /// <summary>750 is what the paper calls solved. A rule that steps away from what comes next gets there, so there is
    /// something to learn.</summary>
    [Fact]
    public void SteppingAsideSurvivesLonger() =>
        Assert.InRange(Lengths(20, () => Aside).Average(), 600, TakeCoverGame.EpisodeSteps);

    [Fact]
    public void TheRoomIsDrawnFromThePlayersEyes()
    {
        using var game = new TakeCoverGame();
        game.Reset(3);
        var before = game.Draw();
        Assert.Equal(64 * 64 * 3, before.Length);
        game.Step([Right]);
        Assert.NotEqual(before, game.Draw());
        // All lives: the bar is full; its last pixel turns red with the first hit.
        Assert.Equal([70, 200, 90], before[^3..]);
        while (game.Step([Stay]).Vector[1] == 1)
        {
        }
        Assert.Equal([110, 30, 30], game.Draw()[^3..]);
        // A fireball grows as it comes.
        var (smallest, largest) = (int.MaxValue, 0);
        game.Reset(3);
        for (var i = 0; i < 60; i++)
        {
            var row = game.Step([Stay]);
            var glowing = game.Draw().Chunk(3).Count(pixel => pixel is [250, 120, 30]);
            if (glowing > 0) (smallest, largest) = (Math.Min(smallest, glowing), Math.Max(largest, glowing));
            if (row.IsLast) break;
        }
        Assert.True(largest > 5 * smallest, $"{smallest} to {largest} pixels");
    }

    [Fact]
    public void SameSeedSameEpisode()
    {
        Assert.Equal(Play(7), Play(7));
        Assert.NotEqual(Play(7), Play(8));

        static float[] Play(int seed)
        {
            using var game = new TakeCoverGame(seed);
            game.Reset();
            return [.. Enumerable.Range(0, 60).SelectMany(i => game.Step([i % 20 < 10 ? Left : Right]).Vector)];
        }
    }

    [Fact]
    public void TheCheckerFindsNothing()
    {
        GameTasks.Register();
        Assert.Equal(2100, EnvironmentRegistry.Find("take_cover").EpisodeSteps);
        using var environments = ParallelEnvironments.Make("take_cover", new EnvironmentConfig { Count = 2 }, 1);
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        using var agent = new RandomAgent(layout, "held");
        var collector = new Collector(environments, layout, line => Assert.Fail(line), TakeCoverGame.EpisodeSteps);
        foreach (var collected in collector.Collect(agent, ActMode.Collect, 1))
        {
            Assert.True(collected.Episode.IsTerminal[^1]);
            Assert.Equal(collected.Episode.Decisions - 1, collected.Episode.Return);
        }
    }

    private static List<int> Lengths(int episodes, Func<Func<float[], float>> policy)
    {
        using var game = new TakeCoverGame();
        var (lengths, act) = (new List<int>(), policy());
        for (var seed = 0; seed < episodes; seed++)
        {
            var (row, steps) = (game.Reset(seed), 0);
            for (; !row.IsLast && steps < TakeCoverGame.EpisodeSteps; steps++) row = game.Step([act(row.Vector)]);
            lengths.Add(steps);
        }
        return lengths;
    }

    // Of the three moves the one after which the nearest fireballs pass farthest, with a small pull to the middle.
    private static float Aside(float[] seen) => new[] { Stay, Left, Right }.MinBy(move => 0.02 * Math.Abs(seen[0] + move * 0.04)
        + Enumerable.Range(0, 3).Sum(ball =>
        {
            var (across, depth) = (seen[2 + 2 * ball], seen[3 + 2 * ball]);
            if (depth == 1 && across == 0) return 0.0;
            var shift = Math.Clamp(seen[0] + move * 0.04 * Math.Min(24 * depth, 8), -1, 1) - seen[0];
            return Math.Max(0, 0.25 - Math.Abs(across - shift)) * (2 - depth);
        }));
}
