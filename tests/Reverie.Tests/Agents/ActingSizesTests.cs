using Reverie.Agents;
using Reverie.Environments;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Agents;

public class ActingSizesTests
{
    [Theory]
    [InlineData(27_648, 4, "27648 bytes where 12288 are due")]
    [InlineData(12_287, 4, "12287 bytes where 12288 are due")]
    [InlineData(0, 4, "0 bytes where 12288 are due")]
    [InlineData(12_288, 5, "5 entries where 4 are due")]
    [InlineData(12_288, 0, "0 entries where 4 are due")]
    public void WhatDoesNotFitIsRefusedAndBothSizesNamed(int pixels, int entries, string fault)
    {
        using var agent = SmallPlaNet.Agent(layout: SmallPlaNet.LayoutOf("both"));
        using var state = agent.Begin(2, seed: 1);
        TimeStep[] rows = [Row(12_288, 4), Row(pixels, entries)];
        var message = Assert.ThrowsAny<ReverieException>(() => agent.Act(rows, state, ActMode.Evaluate)).Message;
        Assert.StartsWith("row 1 of 2 does not fit the model, which sees image (64, 64, 3), vector 4", message);
        Assert.EndsWith(fault, message);
        Assert.Null(state.Latent);
        Assert.Equal(2 * SmallPlaNet.ActionSize, agent.Act([rows[0], rows[0]], state, ActMode.Evaluate).Length);
    }

    [Fact]
    public void ANumberThatIsNoneIsRefused()
    {
        using var agent = SmallPlaNet.Agent(layout: SmallPlaNet.LayoutOf("vector"));
        using var state = agent.Begin(1, seed: 1);
        var row = Row(0, 4);
        row.Vector[2] = float.NaN;
        Assert.EndsWith("entry 2 of its vector is NaN", Assert.ThrowsAny<ReverieException>(
            () => agent.Act([row], state, ActMode.Evaluate)).Message);
    }

    [Fact]
    public void APictureThatTheModelDoesNotLookAtMayHaveAnySize()
    {
        using var agent = SmallPlaNet.Agent(layout: SmallPlaNet.LayoutOf("vector"));
        using var state = agent.Begin(1, seed: 1);
        Assert.Equal(SmallPlaNet.ActionSize, agent.Act([Row(27_648, 4)], state, ActMode.Evaluate).Length);
    }

    private static TimeStep Row(int pixels, int entries) =>
        new() { Image = new byte[pixels], Vector = new float[entries], IsFirst = true };
}
