using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;

namespace Reverie.Tests.Dreams;

/// <summary>A person, or the agent, walks through a learned model.</summary>
[NoTensorLeaks, Collection(nameof(PlayedRuns))]
public sealed class DreamPlayTests(PlayedRuns runs)
{
    private const int Context = 3, Seed = 4;

    public static TheoryData<string> Kinds => ["planet", "discrete", "world_models"];

    [Theory, MemberData(nameof(Kinds))]
    public void SeedActionsAndTemperatureDecideADream(string kind)
    {
        Assert.Equal(Rewards(kind, Seed, 1), Rewards(kind, Seed, 1));
        Assert.NotEqual(Rewards(kind, Seed, 1), Rewards(kind, Seed + 1, 1));
        Assert.NotEqual(Rewards(kind, Seed, 1), Rewards(kind, Seed, 3));
        Assert.NotEqual(Rewards(kind, Seed, 1), Rewards(kind, Seed, 1, otherwise: true));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void TheFirstRowsAreSeenAndThenThoseThatAreAskedFor(string kind)
    {
        using var play = Begin(kind, out var first);
        var seen = new List<bool> { first.IsSeen };
        for (var i = 1; i < 7; i++)
        {
            play.HasOpenEyes = i == 5;
            seen.Add(play.Step(Action(play, i)).IsSeen);
        }
        Assert.Equal([true, true, true, false, false, true, false], seen);
    }

    /// <summary>An environment that goes another way after the context changes nothing, until the eyes are
    /// open.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void WhatIsDreamtHasNotSeenTheEnvironment(string kind)
    {
        var straight = Last(eyes: false);
        Assert.NotEqual(straight, Last(eyes: true));
        BarEnvironment.Fault = (step, row) => step < 3 * Context ? row : row with { Image = new byte[64 * 64 * 3] };
        Assert.Equal(straight, Last(eyes: false));
        Assert.NotEqual(straight, Last(eyes: true));

        byte[] Last(bool eyes)
        {
            using var play = Begin(kind, out _);
            for (var i = 1; i < 5; i++) play.Step(Action(play, i));
            play.HasOpenEyes = eyes;
            return play.Step(Action(play, 5)).Picture;
        }
    }

    /// <summary>Shown from the beginning or only at the end, it is where the same actions lead without any
    /// dream.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void TheEnvironmentBesideDoesTheSame(int from)
    {
        using var play = Begin("planet", out var frame);
        using var alone = EnvironmentRegistry.Make(BarEnvironment.Task, new() { TimeLimit = 10 }, 1);
        var (row, total) = (alone.Reset(Seed), 0.0);
        for (var i = 1; i < 8; i++)
        {
            play.IsBeside = i >= from;
            frame = play.Step(Action(play, i));
            row = alone.Step(Action(play, i));
            total += row.Reward;
            Assert.Equal(i >= from, frame.Real is not null);
        }
        Assert.Equal(row.Image.Select(level => level / 8 * 8), frame.Real!.Picture.Select(level => (int)level));
        Assert.Equal((row.Reward, total), (frame.Real.Reward, frame.Real.Return));
        var squares = frame.Picture.Zip(frame.Real.Picture, (dream, real) => Math.Pow(dream - real, 2));
        Assert.Equal(Math.Sqrt(squares.Average()), frame.Real.Error, 9);
        Assert.True(frame.Real.Error > 0);
    }

    [Fact]
    public void ItIsShownWhereTheDreamStandsAndTheDreamIsNotMoved()
    {
        using var play = Begin("planet", out _);
        for (var i = 1; i < 6; i++) play.Step(Action(play, i));
        var before = play.Look();
        play.IsBeside = true;
        var after = play.Look();
        Assert.Null(before.Real);
        Assert.NotNull(after.Real);
        Assert.Equal(before.Picture, after.Picture);
        Assert.Equal((before.Decision, before.Return), (after.Decision, after.Return));
    }

    /// <summary>The dream goes on where the environment's time is up, with closed eyes.</summary>
    [Fact]
    public void AnEpisodeEndsAndTheDreamGoesOn()
    {
        using var play = Begin("planet", out _);
        (play.IsBeside, play.HasOpenEyes) = (true, true);
        var frames = Enumerable.Range(1, 12).Select(i => play.Step(Action(play, i))).ToArray();
        Assert.All(frames[..9], frame =>
            Assert.Equal((true, null, false), (frame.IsSeen, frame.RealEnd, frame.Real!.IsLast)));
        Assert.Equal((10, true), (frames[9].RealEnd, frames[9].Real!.IsLast));
        Assert.All(frames[10..], frame => Assert.Equal((false, 10, null), (frame.IsSeen, frame.RealEnd, frame.Real)));
        Assert.Null(play.Reset(Seed).RealEnd);
    }

    [Theory]
    [InlineData("planet", "std")]
    [InlineData("discrete", "entropy")]
    [InlineData("world_models", "std")]
    public void SamplesPartWhileTheyDream(string kind, string spread)
    {
        using var play = Begin(kind, out _);
        DreamFrame frame = null!;
        for (var i = 1; i < 8; i++) frame = play.Step(Action(play, i));
        Assert.Equal(spread, frame.LatentSpread!.Value.Name);
        Assert.True(frame.LatentSpread.Value.Value > 0);
        Assert.True(frame.PictureSpread > 0);
        Assert.Contains(frame.Spread, level => level > 0);
        Assert.InRange(frame.Reward, frame.RewardRange.Least, frame.RewardRange.Most);
        Assert.True(frame.RewardRange.Most > frame.RewardRange.Least);

        using var single = runs.Play(kind, new() { Samples = 1, Context = Context });
        single.Reset(Seed);
        Assert.Equal(0, single.Step(Action(single, 1)).PictureSpread);
    }

    [Fact]
    public void OnlyWhatPredictsAnEndSaysWhetherTheEpisodeGoesOn()
    {
        using var planet = Begin("planet", out _);
        Assert.Null(planet.Step(Action(planet, 1)).Continue);
        using var memory = Begin("world_models", out var first);
        Assert.Null(first.Continue);
        Assert.InRange(memory.Step(Action(memory, 1)).Continue!.Value, 0, 1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void TheAgentMayTakeTheControls(string kind)
    {
        Assert.Equal(Played(), Played());

        float[] Played()
        {
            using var play = Begin(kind, out _);
            return [.. Enumerable.Range(0, 4).SelectMany(_ => play.Step(play.PolicyAction()).Action)];
        }
    }

    [Fact]
    public void WhatIsNoActionIsRefusedAndTheDreamStandsStill()
    {
        using var box = Begin("planet", out _);
        Refused(box, "1 numbers are due, not 0", []);
        Refused(box, "entry 0 is 1.5; it goes from -1 to 1", [1.5f]);
        Refused(box, "NaN", [float.NaN]);
        Assert.Equal(1, box.Step([0.5f]).Decision);
        using var choices = Begin("discrete", out _);
        Refused(choices, "one-hot", [0.5f, 0.5f, 0]);
        Assert.Contains("temperature 0", Assert.ThrowsAny<ReverieException>(() => box.Temperature = 0).Message);
        Assert.ThrowsAny<ReverieException>(() => box.Temperature = double.NaN);

        static void Refused(DreamPlay play, string told, float[] action) =>
            Assert.Contains(told, Assert.ThrowsAny<ReverieException>(() => play.Step(action)).Message);
    }

    [Fact]
    public void AModelWithoutPicturesOrNoModelIsRefused()
    {
        using var model = DreamModel.Open(runs["vector"]);
        Assert.Contains("no pictures", Assert.ThrowsAny<ReverieException>(() => new DreamPlay(model)).Message);
        Assert.Contains("no model", Assert.ThrowsAny<ReverieException>(() => DreamModel.Open(runs["random"])).Message);
    }

    private DreamPlay Begin(string kind, out DreamFrame first)
    {
        var play = runs.Play(kind, new() { Context = Context, Samples = 4 });
        first = play.Reset(Seed);
        return play;
    }

    private double[] Rewards(string kind, int seed, double temperature, bool otherwise = false)
    {
        using var play = Begin(kind, out _);
        play.Temperature = temperature;
        play.Reset(seed);
        return [.. Enumerable.Range(1, 6).Select(i => play.Step(Action(play, otherwise ? i + 1 : i)).Reward)];
    }

    // Something else at every decision, of either kind of space.
    private static float[] Action(DreamPlay play, int i) => play.ActionSpace is DiscreteSpace choices
        ? choices.OneHot(i % choices.Count)
        : [MathF.Sin(i)];
}
