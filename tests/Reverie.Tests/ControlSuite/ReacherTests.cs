using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class ReacherTests
{
    public static TheoryData<string, double> Tasks => new() { { "reacher_easy", 0.05 }, { "reacher_hard", 0.015 } };

    [Fact]
    public void TheModelHasThePublishedStatistics() => new ModelNumbers
    {
        Sizes = (2, 2, 2, 0, 4, 10),
        Mass = 0.08168140899,
        MeanInertia = 0.0008561887179,
        Extent = 0.66,
        Centre = [0, 0, 0.01],
    }.Agree("reacher_easy");

    [Theory]
    [InlineData("arm", 0.04188790205, 6.3313564e-05, 2.0525072e-06, 0.06)]
    [InlineData("hand", 0.03560471674, 3.917566e-05, 1.7383479e-06, 0.05)]
    [InlineData("finger", 0.004188790205, 1.6755161e-07, 1.6755161e-07, 0)]
    public void BodiesHaveThePublishedInertia(string body, double mass, double across, double along, double middle) =>
        ModelNumbers.BodyAgrees("reacher_easy", body, mass, [across, across, along], [middle, 0, 0]);

    [Theory, MemberData(nameof(Tasks))]
    public void StartsAreSpreadAsPublished(string name, double radius)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        var wrist = double.DegreesToRadians(160);
        Starts.Spread(task, joint: 0, -Math.PI, Math.PI);
        Starts.Spread(task, joint: 1, -wrist, wrist);
        Starts.Uniform(Starts.Of(task, () => double.Hypot(Target(task)[0], Target(task)[1])), 0.05, 0.2);
        Starts.Uniform(Starts.Of(task, () => Math.Atan2(Target(task)[0], Target(task)[1])), -Math.PI, Math.PI);
        Assert.Equal(0.01, Target(task)[2]);
        Assert.Equal(radius, task.Physics.Model("geom_size", "geom", "target")[0]);
    }

    [Theory, MemberData(nameof(Tasks))]
    public void TheRewardIsOneWhereFingerAndTargetTouch(string name, double radius)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        for (var i = 0; i < 20; i++)
        {
            var seen = task.Reset().Vector;
            var finger = task.Physics.View("geom_xpos", "geom", "finger");
            Assert.Equal(Target(task)[0] - finger[0], seen[2], 6);
            Assert.Equal(Target(task)[1] - finger[1], seen[3], 6);
            Assert.Equal(1, RewardAt(task, finger[0] + radius + 0.0099, finger[1]));
            Assert.Equal(0, RewardAt(task, finger[0], finger[1] - radius - 0.0101));
        }
    }

    private static Span<double> Target(ControlTask task) => task.Physics.Model("geom_pos", "geom", "target");

    private static double RewardAt(ControlTask task, double targetX, double targetY)
    {
        (Target(task)[0], Target(task)[1]) = (targetX, targetY);
        task.Physics.Forward();
        return task.Reward();
    }
}
