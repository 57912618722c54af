using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class CartpoleTests
{
    [Fact]
    public void TheModelHasThePublishedStatistics()
    {
        using var task = ControlSuiteTasks.Make("cartpole_swingup");
        var physics = task.Physics;
        Assert.Equal((2, 2, 1, 0), (physics.Nq, physics.Nv, physics.Nu, physics.Na));
        Assert.Equal((3, 5), (physics.ModelInts("nbody")[0], physics.ModelInts("ngeom")[0]));
        Assert.Equal(4.18, physics.Model("stat.extent")[0], 9);
        Assert.Equal(0.5672122964, physics.Model("stat.meaninertia")[0], 9);
        Assert.Equal(1.1, physics.Model("body_mass").ToArray().Sum(), 12);
        Assert.Equal([0.0094245928, 0.0094245928, 0.00010010377],
            physics.Model("body_inertia")[6..].ToArray().Select(x => Math.Round(x, 12)),
            (a, b) => Math.Abs(a - b) < 1e-8);
        Assert.Equal(0.01, task.ControlTimestep);
    }

    [Theory]
    [InlineData("cartpole_swingup", -1)]
    [InlineData("cartpole_balance", 1)]
    public void StartsAreSpreadAsPublished(string name, double upright)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        var carts = new List<double>();
        for (var i = 0; i < 400; i++)
        {
            var row = task.Reset();
            carts.Add(task.Physics.Qpos[0]);
            Assert.InRange(upright * row.Vector[1], 0.998, 1);
        }
        var spread = Math.Sqrt(carts.Average(x => x * x) - Math.Pow(carts.Average(), 2));
        Assert.InRange(carts.Average(), -0.01, 0.01);
        if (name == "cartpole_swingup")
        {
            Assert.InRange(spread, 0.0085, 0.0115);
        }
        else
        {
            Assert.InRange(spread, 0.052, 0.064);
            Assert.InRange(carts.Max(Math.Abs), 0, 0.1);
        }
    }

    [Fact]
    public void TheRewardSeesTheUnclippedControl()
    {
        using var task = ControlSuiteTasks.Make("cartpole_balance", seed: 1);
        task.Reset();
        Assert.InRange(task.Step([3f]).Reward, 0.7, 0.8001);    // 4/5 of an upright pole's reward
    }
}
