using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Tests.Environments;

public class WrapperTests
{
    private static readonly float[] Still = [0];

    [Fact]
    public void RepeatsSumRewardsAndShowTheLastObservation()
    {
        using var environment = new ActionRepeat(new StepCounter(), 3);
        environment.Reset();
        Assert.Equal(1 + 2 + 3, environment.Step(Still).Reward);
        var row = environment.Step(Still);
        Assert.Equal((4 + 5 + 6, 6), (row.Reward, row.Vector[0]));
    }

    [Fact]
    public void RepeatsStopWithTheEpisode()
    {
        var inner = new StepCounter { EndsAfter = 4 };
        using var environment = new ActionRepeat(inner, 3);
        environment.Reset();
        Assert.False(environment.Step(Still).IsLast);
        var row = environment.Step(Still);
        Assert.True(row is { Reward: 4, IsLast: true, IsTerminal: true });
        Assert.Equal(4, inner.Actions.Count);
    }

    [Fact]
    public void ChoicesAreRepeatedAsTheyAre()
    {
        var inner = new StepCounter { ActionSpace = new DiscreteSpace(2) };
        using var environment = new ActionRepeat(inner, 2);
        Assert.Equal(new DiscreteSpace(2), environment.ActionSpace);
        environment.Reset();
        environment.Step([0, 1]);
        Assert.Equal([[0, 1], [0, 1]], inner.Actions);
    }

    [Fact]
    public void ATimeLimitIsNoTerminal()
    {
        using var environment = new TimeLimit(new StepCounter(), 2);
        for (var episode = 0; episode < 2; episode++)
        {
            Assert.False(environment.Reset().IsLast);
            Assert.False(environment.Step(Still).IsLast);
            Assert.True(environment.Step(Still) is { IsLast: true, IsTerminal: false });
        }
    }

    [Fact]
    public void ATerminalAtTheLimitStaysOne()
    {
        using var environment = new TimeLimit(new StepCounter { EndsAfter = 1 }, 1);
        environment.Reset();
        Assert.True(environment.Step(Still) is { IsLast: true, IsTerminal: true });
    }

    [Fact]
    public void ActionsAreScaledToTheBounds()
    {
        var inner = new StepCounter { ActionSpace = new BoxSpace([-2, 0, 0.5f], [4, 1, 0.5f]) };
        using var environment = NormalizeActions.Wrap(inner);
        Assert.Equal(BoxSpace.Uniform(3, -1, 1), environment.ActionSpace);
        environment.Reset();
        environment.Step([-1, -1, -1]);
        environment.Step([0, 1, 0.5f]);
        Assert.Equal([[-2, 0, 0.5f], [1, 1, 0.5f]], inner.Actions);
    }

    [Theory]
    [InlineData(float.MaxValue, -float.MaxValue)]
    [InlineData(1e-45f, -float.MaxValue)]
    [InlineData(1, -1e30f)]
    [InlineData(3.3f, 0.1f)]
    public void BoundsOfAnySizeAreReachedExactlyAndNeverLeft(float high, float low)
    {
        var inner = new StepCounter { ActionSpace = new BoxSpace([low], [high]) };
        using var environment = NormalizeActions.Wrap(inner);
        environment.Reset();
        foreach (var action in (float[])[-1, -0.5f, 0, 0.5f, 1]) environment.Step([action]);
        var played = inner.Actions.Select(action => action[0]).ToArray();
        Assert.Equal((low, high), (played[0], played[^1]));
        Assert.Equal(played.Order(), played);
        Assert.All(played, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void UsualBoundsAreMappedToTheBitAsInRecordedRuns()
    {
        var inner = new StepCounter { ActionSpace = new BoxSpace([-1, 0], [1, 1]) };
        using var environment = NormalizeActions.Wrap(inner);
        environment.Reset();
        environment.Step([-0.23763108f, 0.3f]);
        Assert.Equal([[-1 + (-0.23763108f + 1) / 2 * 2, (0.3f + 1) / 2]], inner.Actions);
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(1.5e38f)]
    public void ChoicesOfBoundsOfAnySizeAreFinite(float bound)
    {
        var inner = new StepCounter { ActionSpace = BoxSpace.Uniform(1, -bound, bound) };
        using var environment = new DiscretizeActions(inner, 5);
        environment.Reset();
        for (var choice = 0; choice < 5; choice++) environment.Step(new DiscreteSpace(5).OneHot(choice));
        Assert.Equal([[-bound], [-bound / 2], [0], [bound / 2], [bound]], inner.Actions);
    }

    [Fact]
    public void ActionsWithTheAgentsBoundsAreNotTouched()
    {
        var inner = new StepCounter();
        Assert.Same(inner, NormalizeActions.Wrap(inner));
        var discrete = new StepCounter { ActionSpace = new DiscreteSpace(2) };
        Assert.Same(discrete, NormalizeActions.Wrap(discrete));
    }

    [Fact]
    public void OnePictureADecisionIsDrawn()
    {
        var inner = new StepCounter();
        using var environment = new PixelObservation(new ActionRepeat(inner, 4), inner);
        Assert.Equal(inner.Picture, environment.ObservationSpace);
        Assert.Equal([0, 0, 0, 0], environment.Reset().Image);
        var row = environment.Step(Still);
        Assert.Equal([4, 0, 0, 0], row.Image);
        Assert.Empty(row.Vector);
        Assert.Equal(2, inner.Drawn);
    }

    [Fact]
    public void AVectorMayStayBesideThePicture()
    {
        var inner = new StepCounter();
        using var environment = new PixelObservation(inner, inner, keepVector: true);
        Assert.IsType<MixedSpace>(environment.ObservationSpace);
        environment.Reset();
        Assert.Equal([1], environment.Step(Still).Vector);
    }

    [Fact]
    public void MakeComposesWhatTheTaskAndTheConfigurationSay()
    {
        var inner = new StepCounter { ActionSpace = BoxSpace.Uniform(1, 0, 10) };
        var info = new TaskInfo
        {
            Task = "wrapper_test", Domain = "test", ObservationSpace = inner.Picture,
            ActionSpace = inner.ActionSpace, ActionRepeat = 4, EpisodeSteps = 10,
        };
        Assert.Equal(3, info.EpisodeDecisions);
        EnvironmentRegistry.Register(info, (_, _) => inner);

        var environment = EnvironmentRegistry.Make("wrapper_test", new EnvironmentConfig(), 1);
        environment.Reset();
        Assert.Equal([10, 26, 19], Rewards(environment));    // 1+2+3+4, 5+6+7+8, 9+10
        environment.Reset();
        Assert.Equal([4, 4, 2], Enumerable.Range(0, 3).Select(_ => environment.Step(Still).EnvSteps));
        Assert.Equal(0, environment.Reset().EnvSteps);
        Assert.Equal([5], inner.Actions[0]);

        environment = EnvironmentRegistry.Make("wrapper_test",
            new EnvironmentConfig { ActionRepeat = 2, TimeLimit = 2 }, 1);
        environment.Reset();
        Assert.Equal([3, 7], Rewards(environment));
        environment.Dispose();
        Assert.Equal(1, inner.Disposed);
    }

    private static List<double> Rewards(IEnvironment environment)
    {
        var rewards = new List<double>();
        TimeStep row;
        do
        {
            row = environment.Step(Still);
            Assert.False(row.IsTerminal);
            rewards.Add(row.Reward);
        }
        while (!row.IsLast);
        return rewards;
    }
}
