using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class PendulumTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics()
    {
        new ModelNumbers
        {
            Sizes = (1, 1, 1, 0, 2, 4),
            Mass = 1,
            MeanInertia = 0.251,
            Extent = 1.35,
            Centre = [0, 0, 0.475],
        }.Agree("pendulum_swingup");
        ModelNumbers.BodyAgrees("pendulum_swingup", "pole", 1, [0.001, 0.001, 0.001], [0, 0, 0.5]);
    }

    [Fact]
    public void ItStartsAnywhere()
    {
        using var task = ControlSuiteTasks.Make("pendulum_swingup", seed: 1);
        Starts.Spread(task, joint: 0, -Math.PI, Math.PI);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-7.99, 1)]
    [InlineData(8.01, 0)]
    [InlineData(180, 0)]
    public void TheRewardIsOneWithinEightDegrees(double degrees, double reward)
    {
        using var task = ControlSuiteTasks.Make("pendulum_swingup");
        task.Physics.Reset();
        task.Physics.Qpos[0] = double.DegreesToRadians(degrees);
        task.Physics.Forward();
        Assert.Equal(reward, task.Reward());
    }

    [Fact]
    public void TheMotorAloneCannotLiftIt()
    {
        using var task = ControlSuiteTasks.Make("pendulum_swingup");
        task.Physics.Reset();
        task.Physics.Qpos[0] = Math.PI;
        task.Physics.Forward();
        var highest = Enumerable.Range(0, 500).Max(_ => (double)task.Step([1f]).Vector[0]);
        Assert.InRange(highest, -1, -0.5);
    }
}
