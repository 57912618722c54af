using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class BallInCupTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics()
    {
        new ModelNumbers
        {
            Sizes = (4, 4, 2, 0, 3, 7),
            Mass = 0.1306027612,
            MeanInertia = 0.06530138062,
            Extent = 0.668,
            Centre = [0, 0, 0.274],
        }.Agree("cup_catch");
        ModelNumbers.BodyAgrees("cup_catch", "cup", 0.06515291429,
            [0.00019165559, 0.0001192827, 7.4389149e-05], [0, 0, -0.063403479]);
        ModelNumbers.BodyAgrees("cup_catch", "ball", 0.06544984695,
            [1.6362462e-05, 1.6362462e-05, 1.6362462e-05], [0, 0, 0]);
    }

    [Fact]
    public void TheBallStartsBelowTheCupAndTouchesNothing()
    {
        using var task = ControlSuiteTasks.Make("cup_catch", seed: 1);
        Starts.Spread(task, joint: 2, -0.2, 0.2);
        var heights = Starts.Of(task, () => task.Physics.Contacts == 0 ? task.Physics.Qpos[3] : double.NaN);
        Assert.InRange(heights.Min(), 0.2, 0.22);
        Assert.InRange(heights.Max(), 0.48, 0.5);
        Assert.Equal((0, 0), (task.Physics.Qpos[0], task.Physics.Qpos[1]));
    }

    // The cup's floor is 0.5 m above the world, the ball's coordinate 0.2 below its height; its inside is 0.1 wide.
    [Theory]
    [InlineData(0, 0.35, 1)]
    [InlineData(0.024, 0.35, 1)]
    [InlineData(0.026, 0.35, 0)]
    [InlineData(0, 0.374, 1)]
    [InlineData(0, 0.376, 0)]
    [InlineData(0, 0, 0)]
    public void TheRewardIsOneWhileTheBallIsInside(double x, double z, double reward)
    {
        using var task = ControlSuiteTasks.Make("cup_catch");
        task.Physics.Reset();
        (task.Physics.Qpos[2], task.Physics.Qpos[3]) = (x, z);
        task.Physics.Forward();
        Assert.Equal(reward, task.Reward());
    }
}
