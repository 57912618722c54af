using Reverie.Environments;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class QuadrupedTests
{
    [Theory]
    [InlineData("quadruped_walk", 2)]
    [InlineData("quadruped_run", 20)]
    public void TheModelHasThePublishedStatistics(string name, double extent) => new ModelNumbers
    {
        Sizes = (23, 22, 12, 12, 18, 20),
        Mass = 107.1179058,
        MeanInertia = 17.32160615,
        Extent = extent,    // of the floor, which is longer for running
        Centre = [0, 0, 0],
    }.Agree(name);

    [Fact]
    public void BodiesHaveThePublishedInertia()
    {
        ModelNumbers.BodyAgrees("quadruped_walk", "torso", 67.85840132, [2.2108267, 1.7643184, 1.5322427], [0, 0, 0]);
        foreach (var leg in (string[])["front_left", "front_right", "back_right", "back_left"])
        {
            ModelNumbers.BodyAgrees("quadruped_walk", "hip_" + leg, 4.284605324,
                [0.072866423, 0.072866423, 0.013024446], [0.15, 0, 0.055]);
            ModelNumbers.BodyAgrees("quadruped_walk", "knee_" + leg, 2.921570807,
                [0.050822995, 0.050822995, 0.0059288076], [0.125, 0, -0.125]);
            ModelNumbers.BodyAgrees("quadruped_walk", "ankle_" + leg, 1.536369707,
                [0.014748377, 0.014748377, 0.0022183515], [0, 0, -0.125]);
            ModelNumbers.BodyAgrees("quadruped_walk", "toe_" + leg, 1.072330292,
                [0.0027451655, 0.0027451655, 0.0027451655], [0, 0, 0]);
        }
    }

    [Fact]
    public void ItStartsTurnedAnyhowJustAboveTheFloor()
    {
        using var task = ControlSuiteTasks.Make("quadruped_walk", seed: 1);
        var physics = task.Physics;
        for (var episode = 0; episode < 20; episode++)
        {
            task.Reset();
            Assert.Equal(0, physics.Contacts + physics.Warnings);
            Assert.All(physics.Data("act").ToArray(), activation => Assert.Equal(0, activation));
            Assert.All(physics.Qpos[7..].ToArray(), angle => Assert.Equal(0, angle));
            Assert.Equal(1, Math.Sqrt(physics.Qpos[3..7].ToArray().Sum(x => x * x)), 12);
            physics.Qpos[2] -= 0.0101;
            physics.Forward(quiet: true);
            Assert.True(physics.Contacts > 0);
        }
    }

    // The mean of each entry of R over all rotations is 0, its deviation 1 / sqrt(3).
    [Fact]
    public void AllRotationsAreAsLikely()
    {
        using var task = ControlSuiteTasks.Make("quadruped_run", seed: 1);
        var rotation = task.Physics.View("xmat", "body", "torso");
        var starts = Enumerable.Range(0, 300).Select(_ =>
        {
            task.Reset();
            return rotation.Span.ToArray();
        }).ToArray();
        for (var entry = 0; entry < 9; entry++)
        {
            Assert.InRange(starts.Average(r => r[entry]), -0.15, 0.15);
            Assert.InRange(starts.Average(r => r[entry] * r[entry]), 1 / 3.0 - 0.08, 1 / 3.0 + 0.08);
        }
    }

    [Theory]
    [InlineData("quadruped_walk", 0, 1, 0.5)]
    [InlineData("quadruped_walk", -0.5, 1, 0)]
    [InlineData("quadruped_walk", 0.5, 1, 1)]
    [InlineData("quadruped_run", 0.5, 1, 0.55)]
    [InlineData("quadruped_run", 6, 1, 1)]
    [InlineData("quadruped_run", 6, 0, 0)]
    public void TheRewardIsPostureTimesSpeed(string name, double speed, double w, double reward)
    {
        using var task = ControlSuiteTasks.Make(name);
        var physics = task.Physics;
        physics.Reset();
        (physics.Qpos[2], physics.Qpos[3], physics.Qpos[4]) = (5, w, 1 - w);    // in the air; w = 0 is upside down
        physics.Qvel[0] = speed;
        physics.Forward();
        Assert.Equal(reward, task.Reward(), 12);
    }

    [Fact]
    public void AgentsSeeCameraTwoAndActWithinTheModelsBounds()
    {
        ControlSuiteTasks.Register();
        var info = EnvironmentRegistry.Find("quadruped_walk");
        Assert.Equal(2, info.Camera);
        var box = Assert.IsType<BoxSpace>(info.ActionSpace);
        Assert.Equal([-1, -1, -0.8f], box.Low.Take(3));
        Assert.Equal([1, 1.1f, 0.8f], box.High.Skip(9));
    }
}
