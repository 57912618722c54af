using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Environments.Games.Arcade;
using Reverie.Configuration;

namespace Reverie.Tests.Games.Arcade;

public sealed class ArcadeTasksTests
{
    public ArcadeTasksTests() => GameTasks.Register();

    public static TheoryData<string, int, int> Tasks => new()
    {
        { "mini_asterix", 5, 4 }, { "mini_asterix_full", 6, 4 }, { "mini_breakout", 3, 4 }, { "mini_breakout_full", 6, 4 },
        { "mini_freeway", 3, 7 }, { "mini_freeway_full", 6, 7 }, { "mini_seaquest", 6, 10 }, { "mini_space_invaders", 4, 6 },
        { "mini_space_invaders_full", 6, 6 },
    };

    [Theory, MemberData(nameof(Tasks))]
    public void TheCheckerFindsNothingWrong(string task, int moves, int planes)
    {
        Assert.DoesNotContain(EnvironmentChecker.Check(task, new EnvironmentConfig(), steps: 3000), finding => finding.IsError);
        var info = EnvironmentRegistry.Find(task);
        Assert.Equal((moves, moves, 100 * planes), (info.ActionSize, info.ActionNames.Count, info.VectorSize));
    }

    /// <summary>Thousands of episodes of random moves, with nothing off the field and nothing in two minds.</summary>
    [Theory, MemberData(nameof(Tasks))]
    public void NothingBreaksInRandomEpisodes(string task, int moves, int planes)
    {
        var random = new RandomSource(7);
        using var game = EnvironmentRegistry.Make(task, new EnvironmentConfig { ActionRepeat = 1 }, 5, ObservationKind.Vector);
        var (episodes, total, steps) = (0, 0.0, 0);
        for (; episodes < (task.Contains("freeway", StringComparison.Ordinal) ? 20 : 600); episodes++)
        {
            var row = game.Reset();
            for (; !row.IsLast; steps++)
            {
                var action = new float[moves];
                action[random.NextInt(moves)] = 1;
                row = game.Step(action);
                total += row.Reward;
                Assert.InRange(row.Reward, 0, 10);
                var things = new int[planes];
                for (var i = 0; i < row.Vector.Length; i++)
                {
                    Assert.True(row.Vector[i] is 0 or 1);
                    if (row.Vector[i] == 1) things[i % planes]++;
                }
                Assert.Equal(1, things[0]);             // paddle, chicken, player, submarine, cannon
            }
        }
        Assert.True(total > 0 || task.Contains("freeway", StringComparison.Ordinal), $"{steps} steps");
    }

    [Fact]
    public void SameSeedsAndMovesAreSameEpisodes()
    {
        foreach (var task in Tasks.Select(row => (string)row[0]))
        {
            var (first, second, other) = (Played(task, 3), Played(task, 3), Played(task, 4));
            Assert.Equal(first, second);
            Assert.NotEqual(first, other);
        }

        static float[] Played(string task, int seed)
        {
            using var game = EnvironmentRegistry.Make(task, new EnvironmentConfig(), 1, ObservationKind.Vector);
            var moves = EnvironmentRegistry.Find(task).ActionSize;
            var (seen, row) = (new List<float>(), game.Reset(seed));
            for (var step = 0; step < 200 && !row.IsLast; step++)
            {
                var action = new float[moves];
                action[step * step % moves] = 1;
                row = game.Step(action);
                seen.AddRange(row.Vector);
            }
            return [.. seen];
        }
    }

    [Fact]
    public void StickyMovesAreThoseOfTheStepBefore()
    {
        // Breakout's paddle goes where it is sent, and at 0.1 in about a tenth of the steps where it was sent before.
        Assert.Equal(0, Disobeyed(0));
        Assert.InRange(Disobeyed(0.1), 60, 140);
        Assert.Equal(1000, Disobeyed(1));

        static int Disobeyed(double sticky)
        {
            var (count, breakout) = (0, new BreakoutGame(new() { ArcadeSticky = sticky }, BreakoutGame.Minimal, 1));
            for (var trial = 0; trial < 1000; trial++)
            {
                breakout.Reset();
                var row = breakout.Step([0, 0, 1]);     // right, where before there was nothing
                if (row.Vector[(9 * 10 + 4) * 4] == 1) count++;
            }
            return count;
        }
    }

    [Theory, MemberData(nameof(Tasks))]
    public void PlanesAreAPictureOfTheirOwn(string task, int moves, int planes)
    {
        var config = new EnvironmentConfig { Picture = "native" };
        using var game = EnvironmentRegistry.Make(task + "_planes", config, 1, ObservationKind.Both);
        var space = ((MixedSpace)game.ObservationSpace).Image;
        Assert.Equal((10, 10, planes, planes), (space.Height, space.Width, space.Channels, space.Views.Count));
        Assert.Equal(moves, EnvironmentRegistry.Find(task + "_planes").ActionSize);
        Assert.DoesNotContain(EnvironmentChecker.Check(task + "_planes", config, steps: 500), finding => finding.IsError);
        var random = new RandomSource(3);
        for (var row = game.Reset(2); !row.IsLast; row = game.Step([.. Choice(random.NextInt(moves))]))
            Assert.Equal(row.Vector, row.Image.Select(value => value / 255f));

        IEnumerable<float> Choice(int chosen) => Enumerable.Range(0, moves).Select(i => i == chosen ? 1f : 0);
    }

    [Fact]
    public void PicturesShowTheField()
    {
        using var game = EnvironmentRegistry.Make("mini_breakout", new EnvironmentConfig(), 1, ObservationKind.Both);
        var row = game.Reset();
        // The paddle's cell is the fifth of the last row: pixels 26 to 31 across and 56 to 61 down.
        Assert.Equal([0x46, 0xA0, 0xFA], row.Image.AsSpan((58 * 64 + 28) * 3, 3).ToArray());
        Assert.Equal([0xD0, 0x58, 0x3C], row.Image.AsSpan((10 * 64 + 40) * 3, 3).ToArray());
    }
}
