using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class RewardsTests
{
    [Theory]
    [InlineData(-1.0, 1)]
    [InlineData(2.0, 1)]
    [InlineData(2.0001, 0)]
    public void WithoutMarginTheEdgeIsHardAndIncluded(double x, double expected) =>
        Assert.Equal(expected, Rewards.Tolerance(x, -1, 2));

    [Theory]
    [InlineData(Falloff.Gaussian)]
    [InlineData(Falloff.Linear)]
    [InlineData(Falloff.Quadratic)]
    public void AtTheMarginTheValueIsTheOneGiven(Falloff shape)
    {
        Assert.Equal(0.1, Rewards.Tolerance(5, 1, 2, margin: 3, shape), 12);
        Assert.Equal(0.3, Rewards.Tolerance(-2, 1, 2, margin: 3, shape, atMargin: 0.3), 12);
    }

    [Fact]
    public void ShapesFollowTheirFormulas()
    {
        Assert.Equal(Math.Pow(0.1, 0.25), Rewards.Tolerance(0.5, margin: 1), 12);
        Assert.Equal(1 - 0.9 * 0.5, Rewards.Tolerance(0.5, margin: 1, shape: Falloff.Linear), 12);
        Assert.Equal(0.75, Rewards.Tolerance(-0.5, margin: 1, shape: Falloff.Quadratic, atMargin: 0), 12);
        Assert.Equal(0, Rewards.Tolerance(2, margin: 1, shape: Falloff.Linear));
        Assert.Equal(0, Rewards.Tolerance(2, margin: 1, shape: Falloff.Quadratic));
        Assert.True(Rewards.Tolerance(3, margin: 1) > 0);
    }
}
