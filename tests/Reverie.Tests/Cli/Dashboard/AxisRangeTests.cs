using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class AxisRangeTests
{
    [Theory]
    [InlineData("updates", 9.0, 6.0)]
    [InlineData("updates", double.NaN, null)]
    [InlineData("steps", 6.0, 9.0)]
    public void WhatIsNoPartOfAnAxisIsRefused(string axis, double? from, double? to) =>
        Assert.StartsWith($"axis {axis}: ", Assert.ThrowsAny<ReverieException>(() => AxisRange.Parse(axis, from, to)).Message);

    [Fact]
    public void WhatIsNotSaidHasNoEnd()
    {
        Assert.Null(AxisRange.Parse(null, 1, 2));
        Assert.Equal((6.0, double.PositiveInfinity), AxisRange.Parse("updates", 6, null) is { } range ? (range.From, range.To) : default);
    }
}
