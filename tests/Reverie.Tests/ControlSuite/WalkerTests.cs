using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class WalkerTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics() => new ModelNumbers
    {
        Sizes = (9, 9, 6, 0, 8, 8),
        Mass = 28.54032206,
        MeanInertia = 9.024345202,
        Extent = 2,
        Centre = [0, 0, 1],
    }.Agree("walker_walk");

    [Theory]
    [InlineData("torso", 10.67303744, 0.4431558, 0.025444932, 0)]
    [InlineData("right_thigh", 4.057890511, 0.093298757, 0.0049414634, -0.225)]
    [InlineData("right_leg", 2.781356696, 0.07230254, 0.0021821921, 0)]
    [InlineData("right_foot", 2.094395102, 0.013940817, 0.0024870942, 0)]
    [InlineData("left_thigh", 4.057890511, 0.093298757, 0.0049414634, -0.225)]
    [InlineData("left_leg", 2.781356696, 0.07230254, 0.0021821921, 0)]
    [InlineData("left_foot", 2.094395102, 0.013940817, 0.0024870942, 0)]
    public void BodiesHaveThePublishedInertia(string body, double mass, double across, double along, double atZ) =>
        ModelNumbers.BodyAgrees("walker_walk", body, mass, [across, across, along], [0, 0, atZ]);

    [Theory]
    [InlineData("walker_run")]
    [InlineData("walker_stand")]
    [InlineData("walker_walk")]
    public void ItStartsInAnyPose(string name)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        Starts.Spread(task, joint: 2, -Math.PI, Math.PI);
        (double Low, double High)[] leg = [(-20, 100), (-150, 0), (-45, 45)];
        for (var joint = 0; joint < 6; joint++)
            Starts.Spread(task, 3 + joint,
                double.DegreesToRadians(leg[joint % 3].Low), double.DegreesToRadians(leg[joint % 3].High));
        Assert.Equal((0, 0), (task.Physics.Qpos[0], task.Physics.Qpos[1]));
    }

    [Theory]
    [InlineData("walker_stand", 0, 1)]
    [InlineData("walker_walk", 0, 1.0 / 6)]
    [InlineData("walker_walk", 0.5, 3.5 / 6)]
    [InlineData("walker_walk", 1, 1)]
    [InlineData("walker_run", 2, 2.25 / 6)]
    [InlineData("walker_run", 9, 1)]
    public void UprightTheRewardIsOneForTheWantedSpeed(string name, double speed, double reward) =>
        Assert.Equal(reward, RewardAt(name, speed, height: 1.3, pitch: 0), 12);

    [Theory]
    [InlineData(1.3, Math.PI, 0.75)]       // high, but on its head
    [InlineData(0.6, 0, 0.325)]            // (3 * 0.1 + 1) / 4
    [InlineData(0.6, Math.PI, 0.075)]
    public void StandingIsHeightAndPosture(double height, double pitch, double reward) =>
        Assert.Equal(reward, RewardAt("walker_stand", speed: 0, height, pitch), 12);

    private static double RewardAt(string name, double speed, double height, double pitch)
    {
        using var task = ControlSuiteTasks.Make(name);
        task.Physics.Reset();
        (task.Physics.Qpos[0], task.Physics.Qpos[2], task.Physics.Qvel[1]) = (height - 1.3, pitch, speed);
        task.Physics.Forward();
        return task.Reward();
    }
}
