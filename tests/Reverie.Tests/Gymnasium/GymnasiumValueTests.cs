using Microsoft.Extensions.Logging.Abstractions;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;

namespace Reverie.Tests.Gymnasium;

/// <summary>Every number that enters is held against its space; none becomes another.</summary>
public sealed class GymnasiumValueTests : IDisposable
{
    private static readonly EnvironmentConfig Config = new() { Timeout = 60 };
    private readonly PythonPath python = new();

    public GymnasiumValueTests()
    {
        GymnasiumTasks.Register();
        GymnasiumTasks.Logger = NullLogger.Instance;
    }

    public void Dispose()
    {
        GymnasiumTasks.Logger = new LineLogger(Console.Error.WriteLine);
        python.Dispose();
    }

    [Theory]
    [InlineData("Byte256", "a picture with 256 in it where its space goes from 0 to 255")]
    [InlineData("Byte320", "a picture with 320.0 in it")]
    [InlineData("Below", "a picture with -1 in it")]
    [InlineData("NanByte", "a picture with nan in it")]
    [InlineData("Half", "a picture of float64 with fractions in it where its space has whole numbers")]
    [InlineData("Unit2", "a picture with 2 in it where its space goes from 0 to 1")]
    [InlineData("NanUnit", "a picture with nan in it where its space goes from 0 to 1")]
    [InlineData("Unit101", "a picture with 1.01 in it")]
    [InlineData("Large256", "a picture with 256.0 in it")]
    [InlineData("Words", "a picture of <U1 where numbers are due")]
    [InlineData("Choice4", "observation is 4 where its space has [3] choices, the first [1]")]
    [InlineData("Choice0", "observation is 0 where")]
    [InlineData("Choice15", "observation is 1.5 where")]
    [InlineData("NoChoice", "an observation of object where numbers are due")]
    [InlineData("Gear", "observation is [0 3] where its space has [2, 3] choices")]
    [InlineData("Lamp", "an observation with 2 at 1, where 0 or 1 is due")]
    [InlineData("Beyond", "an observation with 1e+39 at 1, where a number of single precision is due")]
    [InlineData("Imaginary", "an observation of complex128 where numbers are due")]
    [InlineData("NoKey", "its observation has no goal, which its space has")]
    [InlineData("NoPart", "its observation has no seen.0, which its space has")]
    [InlineData("NoDict", "its observation has no goal, which its space has")]
    [InlineData("Longer", "an observation of (3,) where its space says (2,)")]
    [InlineData("RewardNone", "a reward of None, which is no real number")]
    [InlineData("RewardWord", "a reward of '0.5', which is no real number")]
    [InlineData("RewardTwo", "which is no real number")]
    [InlineData("RewardComplex", "a reward of 1j, which is no real number")]
    [InlineData("FlagNone", "terminated is None, which is neither true nor false")]
    [InlineData("FlagWord", "terminated is 'False', which is neither")]
    [InlineData("FlagNan", "terminated is nan, which is neither")]
    [InlineData("FlagTwo", "truncated is array([False, False]), which is neither")]
    public void WhatIsNotInItsSpaceIsTold(string name, string why)
    {
        using var environment = new GymnasiumEnvironment(Id(name), Config, 0);
        environment.Reset(1);
        var message = Assert.ThrowsAny<ReverieException>(() =>
        {
            for (var step = 0; step < 2; step++) environment.Step([1, 0]);
        }).Message;
        Assert.Contains(why, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("UnitRounded", 255)]
    [InlineData("LargeRounded", 0)]
    [InlineData("Outside", 7)]
    [InlineData("Choice3", 1)]
    public void WhatIsInItButForARoundingFits(string name, float last)
    {
        using var environment = new GymnasiumEnvironment(Id(name), Config, 0);
        environment.Reset(1);
        environment.Step([1, 0]);
        var row = environment.Step([1, 0]);
        Assert.Equal(last, row.Vector.Length > 0 ? row.Vector[^1] : row.Image[^1]);
    }

    [Theory]
    [InlineData("RewardArray", 0.5)]
    [InlineData("RewardDecimal", 0.5)]
    [InlineData("RewardBool", 1)]
    public void ARewardMayBeOfAnyRealKind(string name, double reward)
    {
        using var environment = new GymnasiumEnvironment(Id(name), Config, 0);
        environment.Reset(1);
        var row = environment.Step([1, 0]);
        Assert.Equal((reward, false, false), (row.Reward, row.IsLast, row.IsTerminal));
    }

    [Theory]
    [InlineData("Swapped", "a lower bound may not lie above the upper one")]
    [InlineData("NanAction", "a bound of its actions is NaN")]
    [InlineData("Double", "its actions go from -1e+300 to 1e+300, beyond the 3.4e38 of single precision")]
    [InlineData("Empty", "its actions have 0 numbers; from 1 to 16384")]
    [InlineData("None", "a choice of its actions has no values; 1 is the least")]
    [InlineData("Many", "its actions have 20000 numbers; from 1 to 16384 can be learned")]
    public void ActionsThatCannotBeDrawnAreRefusedBeforeAnythingIsPlayed(string name, string why)
    {
        var message = Assert.ThrowsAny<ReverieException>(
            () => EnvironmentRegistry.ActionSpaceOf($"gym:{Id(name)}", Config)).Message;
        Assert.Contains(why, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("Long", 9.2233720368547758e18)]
    [InlineData("Largest", 3.4028234663852886e38)]
    public void TheEndsOfABoxOfAnySizeAreReached(string name, double end)
    {
        using var environment = EnvironmentRegistry.Make($"gym:{Id(name)}", Config, 0, ObservationKind.Vector);
        environment.Reset(1);
        Assert.Equal((float)end, environment.Step([1]).Vector[2]);
        Assert.Equal(-(float)end, environment.Step([-1]).Vector[2]);
        Assert.Equal(0, environment.Step([0]).Vector[2]);
    }

    /// <summary>As far as environment.action_reach says where a bound is infinite.</summary>
    [Theory]
    [InlineData("Open", -3, 0, 3)]
    [InlineData("Halfopen", 0, 3, 6)]
    public void WithoutABoundActionsGoAsFarAsIsSaid(string name, float least, float middle, float most)
    {
        using var environment = EnvironmentRegistry.Make($"gym:{Id(name)}", Config with { ActionReach = 3 }, 0, ObservationKind.Vector);
        environment.Reset(1);
        Assert.Equal(least, environment.Step([-1]).Vector[2]);
        Assert.Equal(middle, environment.Step([0]).Vector[2]);
        Assert.Equal(most, environment.Step([1]).Vector[2]);
    }

    [Fact]
    public void NaNStandsForWhatIsNotKnownWhereThatIsSaid()
    {
        using var environment = EnvironmentRegistry.Make($"gym:{Id("Unknown")}", Config with { Missing = true }, 0, ObservationKind.Vector);
        environment.Reset(1);
        environment.Step([1, 0]);
        Assert.Equal([0, 3, 0, 1], environment.Step([1, 0]).Vector);
        using var strict = EnvironmentRegistry.Make($"gym:{Id("Unknown")}", Config, 0, ObservationKind.Vector);
        strict.Reset(1);
        strict.Step([1, 0]);
        Assert.Contains("set environment.missing=true",
            Assert.ThrowsAny<ReverieException>(() => strict.Step([1, 0])).Message);
    }

    private static string Id(string name) => $"trial_environments:Trial/{name}-v0";
}
