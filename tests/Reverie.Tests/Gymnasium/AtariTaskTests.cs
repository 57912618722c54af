using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Atari;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Gymnasium;

/// <summary>The protocol of Atari against an emulator that counts frames (ale_py.py among the tests' Python).</summary>
public sealed class AtariTaskTests : IDisposable
{
    private const string Pong = "atari:pong";
    private const int Height = 210, Width = 160, Lit = 200;

    private static readonly EnvironmentConfig Native = new() { Picture = "native" };
    private readonly PythonPath python = new();

    public AtariTaskTests() => AtariTasks.Register();

    public void Dispose() => python.Dispose();

    [Fact]
    public void ADecisionIsFourFramesAndShowsTheLargerOfTheLastTwo()
    {
        using var environment = Make(new() { AtariSticky = 0 });
        Assert.Equal(Frames(done: 0, 0), environment.Reset(1).Image);
        for (var frame = 4; frame <= 40; frame += 4)
        {
            var row = environment.Step(Choice(6, frame / 4 % 6));
            Assert.Equal((4, 4.0 * (frame / 4 % 6), false), (row.EnvSteps, row.Reward, row.IsLast));
            Assert.Equal(Frames(frame / 4 % 6, frame - 1, frame), row.Image);
        }
    }

    [Fact]
    public void WithoutARepeatAFrameIsShownWithTheOneBefore()
    {
        using var environment = Make(new() { AtariSticky = 0 }, Native with { ActionRepeat = 1 });
        environment.Reset(1);
        Assert.Equal(Frames(5, 0, 1), environment.Step(Choice(6, 5)).Image);
        var row = environment.Step(Choice(6, 2));
        Assert.Equal(5, row.Image[(2 * Width) * 3]);        // the choice of the frame before is the larger number
        Assert.Equal((1, 2.0), (row.EnvSteps, row.Reward));
    }

    /// <summary>An episode of whole frames: a repeat stops where the game ends, and a new one shows nothing of it.</summary>
    [Fact]
    public void TheGameEndsWithItsLastLife()
    {
        using var environment = Make(new() { AtariSticky = 0 }, Native with { ActionRepeat = 7 });
        var (row, frames) = (environment.Reset(1), 0);
        for (; !row.IsLast; frames += row.EnvSteps) row = environment.Step(Choice(6, 1));
        Assert.Equal((120, 120 % 7, true), (frames, row.EnvSteps, row.IsTerminal));
        Assert.Equal(Frames(done: 0, 0), environment.Reset().Image);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(7, 50)]
    public void TheLossOfALifeEndsAnEpisodeWhereItIsSaidTo(int repeat, int loss)
    {
        using var environment = Make(new() { AtariSticky = 0, AtariLifeLoss = true }, Native with { ActionRepeat = repeat });
        for (var episode = 0; episode < 2; episode++)       // a new game each time, so always the first life
        {
            var (row, frames) = (environment.Reset(1), 0);
            for (; !row.IsLast; frames += row.EnvSteps) row = environment.Step(Choice(6, 1));
            Assert.Equal((loss, true), (frames, row.IsTerminal));
        }
    }

    [Fact]
    public void StickyFramesAreTheEmulatorsAndFollowFromTheSeed()
    {
        Assert.Equal(Played(0.25, seed: 3), Played(0.25, seed: 3));
        Assert.NotEqual(Played(0.25, seed: 3), Played(0.25, seed: 4));
        Assert.All(Played(1, seed: 3), done => Assert.Equal(0, done));
        var kept = Played(0.25, seed: 3).Zip(Alternating(), (done, asked) => done != asked).Count(other => other);
        // A frame does another than was asked with a quarter of a chance, and half of those happen to be the same.
        Assert.InRange(kept, 12, 48);
    }

    [Fact]
    public void EpisodesBeginAfterUpToSoManyFramesOfNothing()
    {
        using var environment = Make(new() { AtariSticky = 0, AtariNoops = 3 });
        var begun = Enumerable.Range(0, 40).Select(seed => (int)environment.Reset(seed).Image[0]).ToArray();
        Assert.Equal([1, 2, 3], begun.Distinct().Order());
        Assert.Equal(begun, Enumerable.Range(0, 40).Select(seed => (int)environment.Reset(seed).Image[0]));
        var row = environment.Reset(1);
        Assert.True(row is { IsFirst: true, IsLast: false, Reward: 0, EnvSteps: 0 });
        Assert.Equal(Frames(done: 0, row.Image[0]), row.Image);
        Assert.Equal(Frames(2, row.Image[0] + 3, row.Image[0] + 4), environment.Step(Choice(6, 2)).Image);
    }

    [Fact]
    public void AGameThatEndsWhileNothingIsDoneBeginsAnew()
    {
        using var environment = Make(new() { AtariSticky = 0, AtariNoops = 1000 });
        var begun = Enumerable.Range(0, 8).Select(seed => environment.Reset(seed)).ToArray();
        Assert.All(begun, row => Assert.False(row.IsLast));
        Assert.All(begun, row => Assert.InRange(row.Image[0], 0, 119));
    }

    [Fact]
    public void WhatIsKnownOfATask()
    {
        var pong = EnvironmentRegistry.Find(Pong);
        Assert.Equal((4, 108_000, 6), (pong.ActionRepeat, pong.EpisodeSteps, ((DiscreteSpace)pong.ActionSpace).Count));
        Assert.Equal(new ImageSpace(Height, Width), pong.ObservationSpace);
        Assert.Equal(18, ((DiscreteSpace)EnvironmentRegistry.Find("atari:ms_pacman_full").ActionSpace).Count);
        var grey = EnvironmentRegistry.ObservationSpaceOf(Pong, new EnvironmentConfig { Picture = "96x96", Grey = true });
        Assert.Equal(new ImageSpace(96, 96, 1), grey);
    }

    /// <summary>Scores stand beside runs of it on a machine without Python too.</summary>
    [Fact]
    public void ScoresAreMeasuredByRandomPlayAndAPerson()
    {
        using var none = new PythonPath(program: "/nowhere/python3");
        var breakout = EnvironmentRegistry.Known("atari:breakout_full")!;
        Assert.Equal((0.0, 1.0), (breakout.Scale!.Of(1.7), breakout.Scale.Of(30.5)));
        Assert.Equal(448, Assert.Single(breakout.PublishedScores).Score);
        Assert.Null(EnvironmentRegistry.Known("atari:tetris"));
        Assert.Equal(57, AtariGames.All.Count);
        Assert.Equal(55, AtariGames.All.Values.Count(game => game.Scores.Count > 0));
        Assert.Equal("UpNDown", AtariGames.All["up_n_down"].Rom);
        Assert.All(AtariGames.All.Values, game => Assert.True(game.Scale.Reference > game.Scale.Random));
    }

    /// <summary>The mean over the 55 games of the published file, as gamer scores: 11.46 with the right figures of James
    /// Bond, and 2.22 in the middle.</summary>
    [Fact]
    public void TheTableGivesThePublishedSums()
    {
        double[] scores = [.. AtariGames.All.Values.SelectMany(game => game.Scores, (game, one) => game.Scale.Of(one.Score)).Order()];
        Assert.Equal(2.22, scores[scores.Length / 2], 0.02);
        Assert.Equal(11.46, scores.Average(), 0.1);
    }

    [Fact]
    public void WhatIsMissingIsOneLine()
    {
        var unknown = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find("atari:pnog"));
        Assert.Contains("atari:pong", unknown.Message);
        using var folder = new TemporaryDirectory();
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "gymnasium"), Path.Combine(PythonPath.Folder, "gymnasium"));
        using var without = new PythonPath(folder.Path);
        var missing = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find("atari:qbert"));
        Assert.StartsWith("atari:qbert: the Python here has no ale_py; pip install ale-py", missing.Message);
    }

    private static IEnvironment Make(AtariSettings own, EnvironmentConfig? config = null) =>
        EnvironmentRegistry.Make(Pong, (config ?? Native).With(own), seed: 1);

    private static int[] Alternating() => [.. Enumerable.Range(0, 119).Select(frame => 1 + frame % 2)];

    // What was done in each frame where 1 and 2 were asked for in turn.
    private static int[] Played(double sticky, int seed)
    {
        using var environment = Make(new() { AtariSticky = sticky }, Native with { ActionRepeat = 1 });
        environment.Reset(seed);
        return [.. Alternating().Select(choice => (int)environment.Step(Choice(6, choice)).Reward)];
    }

    private static float[] Choice(int count, int choice) => new DiscreteSpace(count).OneHot(choice);

    // What the emulator shows in some frames, each number the largest of them.
    private static byte[] Frames(int done, params int[] frames)
    {
        var screen = new byte[Height * Width * 3];
        foreach (var frame in frames)
        {
            Paint(0, (byte)frame);
            Paint(Width + frame % Width, Lit);
        }
        Paint(2 * Width, (byte)done);
        return screen;

        void Paint(int pixel, byte value) => screen.AsSpan(pixel * 3, 3).Fill(value);
    }
}
