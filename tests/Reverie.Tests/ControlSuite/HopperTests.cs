using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class HopperTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics() => new ModelNumbers
    {
        Sizes = (7, 7, 4, 0, 6, 7),
        Mass = 12.43915354,
        MeanInertia = 4.450360114,
        Extent = 2,
        Centre = [0, 0, 0.5],
    }.Agree("hopper_hop");

    [Theory]
    [InlineData("torso", 4.828383533, 0.053692242, 0.049673283, 0.013279245, 0.0074555206, 0.078889837)]
    [InlineData("pelvis", 3.141330854, 0.018456812, 0.018456812, 0.00615004, 0, -0.075)]
    [InlineData("thigh", 1.926843494, 0.024513889, 0.024513889, 0.0014985816, 0, -0.165)]
    [InlineData("calf", 1.01787602, 0.011267511, 0.011267511, 0.00044786545, 0, -0.16)]
    [InlineData("foot", 1.524719635, 0.012413312, 0.012413312, 0.0011768825, 0.045, 0)]
    public void BodiesHaveThePublishedInertia(string body, double mass, double x, double y, double z, double atX,
        double atZ) => ModelNumbers.BodyAgrees("hopper_hop", body, mass, [x, y, z], [atX, 0, atZ]);

    [Theory]
    [InlineData("hopper_hop")]
    [InlineData("hopper_stand")]
    public void ItStartsInAnyPose(string name)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        Starts.Spread(task, joint: 2, -Math.PI, Math.PI);
        (double Low, double High)[] limits = [(-30, 30), (-170, 10), (5, 150), (-45, 45)];
        for (var joint = 0; joint < limits.Length; joint++)
            Starts.Spread(task, 3 + joint,
                double.DegreesToRadians(limits[joint].Low), double.DegreesToRadians(limits[joint].High));
        Assert.Equal((0, 0), (task.Physics.Qpos[0], task.Physics.Qpos[1]));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.25)]
    [InlineData(3, 1)]
    public void HoppingPaysBySpeed(double speed, double reward) =>
        Assert.Equal(reward, RewardAt("hopper_hop", speed, control: 0), 12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.95)]
    [InlineData(1, 0.8)]
    public void StandingPaysLessWithMuchControl(double control, double reward) =>
        Assert.Equal(reward, RewardAt("hopper_stand", speed: 0, control), 12);

    [Theory]
    [InlineData("hopper_hop")]
    [InlineData("hopper_stand")]
    public void LyingDownPaysNothing(string name) =>
        Assert.Equal(0, RewardAt(name, speed: 2, control: 0, pitch: Math.PI / 2));

    private static double RewardAt(string name, double speed, double control, double pitch = 0)
    {
        using var task = ControlSuiteTasks.Make(name);
        task.Physics.Reset();
        (task.Physics.Qpos[2], task.Physics.Qvel[0]) = (pitch, speed);
        task.Physics.Ctrl.Fill(control);
        task.Physics.Forward();
        return task.Reward();
    }
}
