using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Tests.Environments;

public sealed class DiscretizeActionsTests
{
    [Fact]
    public void EveryCombinationOfValuesIsAChoice()
    {
        var inner = new StepCounter { ActionSpace = new BoxSpace([-1, 0], [1, 4]) };
        using var environment = new DiscretizeActions(inner, 3);
        var choices = Assert.IsType<DiscreteSpace>(environment.ActionSpace);
        Assert.Equal(9, choices.Count);
        environment.Reset();
        for (var choice = 0; choice < 9; choice++)
            environment.Step(choices.OneHot(choice));
        Assert.Equal([[-1, 0], [0, 0], [1, 0], [-1, 2], [0, 2], [1, 2], [-1, 4], [0, 4], [1, 4]], inner.Actions);
        Assert.Throws<ArgumentException>(() => environment.Step(new float[9]));
    }

    [Fact]
    public void TheConfigurationPutsItAroundATask()
    {
        var inner = new StepCounter { ActionSpace = BoxSpace.Uniform(1, 0, 10), EndsAfter = 9 };
        var info = new TaskInfo
        {
            Task = "discretize_test", Domain = "test", ObservationSpace = inner.ObservationSpace,
            ActionSpace = inner.ActionSpace, ActionRepeat = 2,
        };
        EnvironmentRegistry.Register(info, (_, _) => inner);
        var config = new EnvironmentConfig { Discretize = 5 };
        Assert.Equal(new DiscreteSpace(5), EnvironmentRegistry.ActionSpaceOf("discretize_test", config));
        using var environment = EnvironmentRegistry.Make("discretize_test", config, 1);
        Assert.Equal(new DiscreteSpace(5), environment.ActionSpace);
        environment.Reset();
        Assert.Equal(1 + 2, environment.Step([0, 1, 0, 0, 0]).Reward);
        Assert.Equal([[2.5f], [2.5f]], inner.Actions);
    }

    [Fact]
    public void AgentsSeeUnitBoxesWithoutIt()
    {
        var info = new TaskInfo
        {
            Task = "discretize_none", Domain = "test", ObservationSpace = BoxSpace.Uniform(1, 0, 1),
            ActionSpace = BoxSpace.Uniform(2, 0, 10),
        };
        EnvironmentRegistry.Register(info, (_, _) => new StepCounter());
        Assert.Equal(BoxSpace.Uniform(2, -1, 1),
            EnvironmentRegistry.ActionSpaceOf("discretize_none", new EnvironmentConfig()));
    }

    public static TheoryData<string, Space, int> Refused => new()
    {
        { "no box", new DiscreteSpace(3), 3 },
        { "no finite bounds", BoxSpace.Uniform(1, 0, float.PositiveInfinity), 3 },     // it is put around a unit box
        { "59049 choices, 1024 are the most", BoxSpace.Uniform(10, -1, 1), 3 },
    };

    [Theory, MemberData(nameof(Refused))]
    public void WhatCannotBeChosenFromIsOneLine(string word, Space actions, int bins)
    {
        var fault = Assert.ThrowsAny<ReverieException>(
            () => new DiscretizeActions(new StepCounter { ActionSpace = actions }, bins));
        Assert.Contains(word, fault.Message);
        Assert.StartsWith("environment.discretize: ", fault.Message, StringComparison.Ordinal);
    }
}
