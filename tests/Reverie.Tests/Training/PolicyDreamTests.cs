using Reverie.Agents;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;

namespace Reverie.Tests.Training;

[NoTensorLeaks]
public sealed class PolicyDreamTests
{
    private const int From = 2, Length = 9, Context = 3;
    private const ulong Seed = 5;

    private static readonly EpisodeLayout Layout = new(null, 2, 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheRowsAreThoseAskedFor(bool planner)
    {
        using var agent = planner ? (ModelAgent)SmallPlaNet.Agent(layout: Layout) : SmallDreamer.Agent(layout: Layout);
        var dream = Play(agent);
        Assert.Equal((Length, Context), (dream.Dream.Vectors!.Count, dream.Dream.Vectors.ContextRows));
        Assert.Equal(Length - Context, dream.Imagined);
        Assert.True(double.IsFinite(dream.ImaginedReturn));
    }

    /// <summary>Of some dynamics the features are a part of the state, which goes when the next one comes.</summary>
    [Theory]
    [InlineData("ssm")]
    [InlineData("rnn")]
    [InlineData("drnn")]
    [InlineData("discrete_rssm")]
    public void EveryDynamicsDreams(string dynamics)
    {
        var config = SmallDreamer.Config;
        using var agent = SmallDreamer.Agent(config with { Model = config.Model with { Dynamics = dynamics } }, layout: Layout);
        var dream = Play(agent);
        Assert.Equal(dream.Dream.Vectors!.Model, Play(agent).Dream.Vectors!.Model);
        Assert.Equal(Length - Context, dream.Imagined);
    }

    /// <summary>An environment that shows nothing after the context gives the same dream: nothing is looked at.</summary>
    [Fact]
    public void WhatIsImaginedHasNotSeenTheEnvironment()
    {
        using var agent = SmallDreamer.Agent(layout: Layout);
        var (open, shut) = (Play(agent), Play(agent, visible: From + Context));
        Assert.Equal(open.Dream.Vectors!.Model, shut.Dream.Vectors!.Model);
        Assert.Equal((open.ImaginedReturn, open.Return), (shut.ImaginedReturn, shut.Return));
        Assert.NotEqual(open.Dream.Vectors.Truth, shut.Dream.Vectors.Truth);
        Assert.NotEqual(open.Dream.Vectors.Model, Play(agent, visible: From + Context - 1).Dream.Vectors!.Model);
        Assert.NotEqual(open.Dream.Vectors.Model, Play(agent, seed: Seed + 1).Dream.Vectors!.Model);
    }

    /// <summary>The environment did what was chosen in the dream: its rail can be walked again from what is
    /// shown.</summary>
    [Fact]
    public void TheReturnIsThatOfTheRowsImagined()
    {
        using var agent = SmallDreamer.Agent(layout: Layout);
        var dream = Play(agent);
        var places = dream.Dream.Vectors!.Truth.Where((_, i) => i % 2 == 0).Skip(Context);
        Assert.Equal(places.Sum(place => Math.Exp(-4 * place * place)), dream.Return, 4);
    }

    [Fact]
    public void AnEpisodeThatEndsEndsTheDream()
    {
        using var agent = SmallDreamer.Agent(layout: Layout);
        var dream = Play(agent, limit: 7);                      // rows 0 … 7, of which the first two are not shown
        Assert.Equal(6, dream.Dream.Vectors!.Count);
        var error = Assert.ThrowsAny<ReverieException>(() => Play(agent, limit: 4));
        Assert.Contains("ended after 5 rows", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 9, 3)]
    [InlineData(0, 3, 3)]
    [InlineData(0, 9, 0)]
    public void ADreamWithNothingToImagineIsRefused(int from, int length, int context)
    {
        using var agent = SmallDreamer.Agent(layout: Layout);
        using var environments = new ParallelEnvironments(1, 1, n => new RailEnvironment(n));
        Assert.ThrowsAny<ReverieException>(() => PolicyDream.Of(agent, environments, Layout, from, length, context, Seed));
    }

    private static PolicyDream Play(ModelAgent agent, int visible = 100, int limit = 100, ulong seed = Seed)
    {
        using var environments = new ParallelEnvironments(1, 1,
            n => new TimeLimit(new Curtain(new RailEnvironment(n), visible), limit));
        return PolicyDream.Of(agent, environments, Layout, From, Length, Context, seed);
    }

    /// <summary>Shows the first rows of an episode, then zeros.</summary>
    private sealed class Curtain(IEnvironment inner, int visible) : EnvironmentWrapper(inner)
    {
        private int rows;

        public override TimeStep Reset(int? seed = null)
        {
            rows = 0;
            return Shown(Inner.Reset(seed));
        }

        public override TimeStep Step(ReadOnlySpan<float> action) => Shown(Inner.Step(action));

        private TimeStep Shown(TimeStep row) => rows++ < visible ? row : row with { Vector = [0, 0] };
    }
}
