using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class AcrobotTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics() => new ModelNumbers
    {
        Sizes = (2, 2, 1, 0, 3, 4),
        Mass = 2,
        MeanInertia = 1.518088813,
        Extent = 4.349,
        Centre = [0, 0, 1.8745],
    }.Agree("acrobot_swingup");

    [Theory]
    [InlineData("upper_arm", 0.095570313, 0.001234375)]
    [InlineData("lower_arm", 0.095303657, 0.0011857755)]
    public void BodiesHaveThePublishedInertia(string body, double across, double along) =>
        ModelNumbers.BodyAgrees("acrobot_swingup", body, 1, [across, across, along], [0, 0, 0.5]);

    [Fact]
    public void BothLinksStartAnywhere()
    {
        using var task = ControlSuiteTasks.Make("acrobot_swingup", seed: 1);
        Starts.Spread(task, joint: 0, -Math.PI, Math.PI);
        Starts.Spread(task, joint: 1, -Math.PI, Math.PI);
    }

    [Fact]
    public void TheRewardIsFullAtTheTargetAndFallsWithTheDistance()
    {
        using var task = ControlSuiteTasks.Make("acrobot_swingup");
        Assert.Equal(1, RewardAt(task, 0, 0));
        Assert.Equal(1, RewardAt(task, 0.09, 0), 12);                  // 0.18 m from the target, inside its 0.2
        Assert.Equal(Math.Pow(0.1, 3.8 * 3.8), RewardAt(task, Math.PI, 0), 12);    // hanging, 4 m from it
    }

    private static double RewardAt(ControlTask task, double shoulder, double elbow)
    {
        task.Physics.Reset();
        (task.Physics.Qpos[0], task.Physics.Qpos[1]) = (shoulder, elbow);
        task.Physics.Forward();
        return task.Reward();
    }
}
