using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class CheetahTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics() => new ModelNumbers
    {
        Sizes = (9, 9, 6, 0, 8, 9),
        Mass = 14,
        MeanInertia = 3.722702429,
        Extent = 2,
        Centre = [0, 0, 0.7],
    }.Agree("cheetah_run");

    [Theory]
    [InlineData("torso", 6.250209205, 0.89711769, 0.88569703, 0.017919345, 0.15238988, 0.025398313)]
    [InlineData("bthigh", 1.543514644, 0.01684434, 0.01684434, 0.0015760216, 0.1, -0.13)]
    [InlineData("bshin", 1.587447699, 0.018267419, 0.018267419, 0.0016225028, -0.14, -0.07)]
    [InlineData("bfoot", 1.09539749, 0.0063524233, 0.0063524233, 0.0011019136, 0.03, -0.097)]
    [InlineData("fthigh", 1.438075314, 0.013739643, 0.013739643, 0.0014644668, -0.07, -0.12)]
    [InlineData("fshin", 1.20083682, 0.0082221086, 0.0082221086, 0.0012134685, 0.065, -0.09)]
    [InlineData("ffoot", 0.8845188285, 0.0035291095, 0.0035291095, 0.00087880402, 0.045, -0.07)]
    public void BodiesHaveThePublishedInertia(string body, double mass, double x, double y, double z, double atX,
        double atZ) => ModelNumbers.BodyAgrees("cheetah_run", body, mass, [x, y, z], [atX, 0, atZ]);

    [Fact]
    public void ItHasFallenOntoItsFeetBeforeTheEpisode()
    {
        using var task = ControlSuiteTasks.Make("cheetah_run", seed: 1);
        for (var episode = 0; episode < 20; episode++)
        {
            var row = task.Reset();
            Assert.Equal(0, task.Physics.Time);
            Assert.True(task.Physics.Contacts > 0);
            Assert.InRange(task.Physics.Qpos[1], -0.2, -0.05);    // below where the model is drawn
            Assert.InRange(row.Vector[8..].Max(Math.Abs), 1e-9, 1);
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2.5, 0.25)]
    [InlineData(12, 1)]
    public void TheRewardIsTheSpeedInTenths(double speed, double reward)
    {
        using var task = ControlSuiteTasks.Make("cheetah_run");
        task.Physics.Reset();
        task.Physics.Qvel[0] = speed;
        task.Physics.Forward();
        Assert.Equal(reward, task.Reward(), 12);
    }
}
