using Reverie.Environments;

namespace Reverie.Tests.Environments;

public class RowRuleTests
{
    private static readonly TimeStep Sound = new() { Image = [], Vector = [1, 2] };

    [Fact]
    public void ASoundRowHasNoFault()
    {
        Assert.Null(Fault(Sound));
        Assert.Null(Fault(Sound with { Reward = -1e12, IsLast = true, IsTerminal = true }));
        Assert.Null(Fault(Sound with { Vector = [-1e38f, 2] }));        // bounds only describe
        Assert.Null(Fault(Sound with { IsFirst = true }, isReset: true));
        Assert.Null(RowRule.FaultOf(default(TimeStep), 0, 0, new ActionGroups((1, false)), isReset: false));
    }

    [Fact]
    public void EveryFaultIsNamed()
    {
        Assert.Contains("0 entries where 2 are due", Fault(default));
        Assert.Contains("1 entries where 2 are due", Fault(Sound with { Vector = [1] }));
        Assert.Contains("4 bytes where 0 are due", Fault(Sound with { Image = new byte[4] }));
        Assert.Contains("entry 1 of its vector is NaN", Fault(Sound with { Vector = [1, float.NaN] }));
        Assert.Contains("is -Infinity", Fault(Sound with { Vector = [float.NegativeInfinity, 0] }));
        Assert.Contains("its reward is NaN", Fault(Sound with { Reward = double.NaN }));
        Assert.Contains("its reward is 1E+39, beyond", Fault(Sound with { Reward = 1e39 }));
        Assert.Contains("its reward is -1E+30, beyond", Fault(Sound with { Reward = -1e30 }));
        Assert.Contains("took -3 steps", Fault(Sound with { EnvSteps = -3 }));
        Assert.Contains("took 2147483647 steps", Fault(Sound with { EnvSteps = int.MaxValue }));
        Assert.Contains("terminal but not the last", Fault(Sound with { IsTerminal = true }));
        Assert.Contains("calls itself first", Fault(Sound with { IsFirst = true }));
        Assert.Contains("first and not last", Fault(Sound, isReset: true));
        Assert.Contains("first and not last", Fault(Sound with { IsFirst = true, IsLast = true }, isReset: true));
        Assert.Contains("nothing was done yet", Fault(Sound with { IsFirst = true, Reward = 0.5 }, isReset: true));
    }

    [Fact]
    public void ActionsAreHeldAgainstTheirSpace()
    {
        var box = new BoxSpace([-1, 0], [1, 4]);
        Assert.Null(RowRule.FaultOf([-1, 4], box));
        Assert.Equal("2 numbers are due, not 1", RowRule.FaultOf([0], box));
        Assert.Equal("entry 1 is 4.5; it goes from 0 to 4", RowRule.FaultOf([0, 4.5f], box));
        Assert.Equal("entry 0 is NaN; it goes from -1 to 1", RowRule.FaultOf([float.NaN, 0], box));
        Assert.Null(RowRule.FaultOf([0, 1], new DiscreteSpace(2)));
        Assert.Contains("one of 12 choices", RowRule.FaultOf(new float[12], new DiscreteSpace(12)));
        Assert.Contains("[1, 1]", RowRule.FaultOf([1, 1], new DiscreteSpace(2)));
    }

    private static string? Fault(TimeStep row, bool isReset = false) =>
        RowRule.FaultOf(row, BoxSpace.Uniform(2, -10, 10), new ActionGroups((1, false)), isReset);
}
