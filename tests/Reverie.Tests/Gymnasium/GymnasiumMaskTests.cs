using Microsoft.Extensions.Logging.Abstractions;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;

namespace Reverie.Tests.Gymnasium;

/// <summary>What may not be chosen now, as Gymnasium's environments tell it.</summary>
public sealed class GymnasiumMaskTests : IDisposable
{
    private static readonly EnvironmentConfig Config = new() { Timeout = 60 };
    private readonly PythonPath python = new();

    public GymnasiumMaskTests()
    {
        GymnasiumTasks.Register();
        GymnasiumTasks.Logger = NullLogger.Instance;
    }

    public void Dispose()
    {
        GymnasiumTasks.Logger = new LineLogger(Console.Error.WriteLine);
        python.Dispose();
    }

    /// <summary>In the first two rows, 1 for what is allowed.</summary>
    [Theory]
    [InlineData("Flat", "4 one-hot, masked", "0111", "1011", "0001")]
    [InlineData("Observed", "4 one-hot, masked", "0111", "1011", "0001")]
    [InlineData("Any", "4 one-hot, masked", "1111", "1111", "0001")]
    [InlineData("Tuple", "2 one-hot + 3 one-hot, masked", "01011", "10101", "01001")]
    [InlineData("Parts", "3 one-hot + 2 one-hot + 2 one-hot, masked", "0111110", "1011110", "0010110")]
    [InlineData("Named", "2 one-hot + 3 one-hot + 1, masked", "010111", "101011", "010011")]
    public void ItIsTakenFromInfoOrFromWhatIsObserved(string way, string groups, string first, string second, string action)
    {
        using var environment = EnvironmentRegistry.Make(Task(way), Config, 1, ObservationKind.Vector);
        Assert.Equal(groups, $"{ActionGroups.Of(environment.ActionSpace)}");
        var row = environment.Reset(1);
        Assert.Equal((first, 5), (Told(row), row.Vector.Length));
        float[] chosen = [.. action.Select(digit => digit - '0')];
        Assert.Equal(second, Told(environment.Step(chosen)));
    }

    [Fact]
    public void WhereNothingFollowsNothingNeedBeAllowed()
    {
        using var environment = EnvironmentRegistry.Make(Task("Observed"), Config, 1, ObservationKind.Vector);
        var row = environment.Reset(1);
        for (var step = 0; step < 8; step++)
        {
            Assert.False(row.IsLast);
            row = environment.Step(((DiscreteSpace)environment.ActionSpace).OneHot(Array.IndexOf(row.ActionMask, true)));
        }
        Assert.Equal((true, "1111"), (row.IsLast, Told(row)));
    }

    [Theory]
    [InlineData("None", "its mask allows none of the 4 choices there are")]
    [InlineData("Words", "action_mask is")]
    [InlineData("Wrong", "action_mask with [3, 2] entries where [2, 3] choices are")]
    [InlineData("Late", "there is an action_mask in its info, where there was none at the first reset")]
    [InlineData("Lost", "there is no action_mask in its info, where there was one at the first reset")]
    public void OneThatIsNoneIsToldInALine(string way, string why)
    {
        var message = Assert.ThrowsAny<ReverieException>(() =>
        {
            using var environment = EnvironmentRegistry.Make(Task(way), Config, 1, ObservationKind.Vector);
            environment.Reset(1);
            for (var step = 0; step < 3; step++) environment.Step([0, 0, 0, 1]);
        }).Message;
        Assert.Contains(why, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void TheCheckerIsContent() =>
        Assert.DoesNotContain(EnvironmentChecker.Check(Task("Observed"), Config, steps: 40), finding => finding.IsError);

    private static string Told(TimeStep row) => string.Concat(row.ActionMask.Select(allowed => allowed ? '1' : '0'));

    private static string Task(string way) => $"gym:trial_environments:Trial/Masked{way}-v0";
}
