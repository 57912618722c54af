using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.Mujoco;

public class PictureQualityTests
{
    [Fact]
    public void FastPicturesAreNearlyThoseOfTheSuite()
    {
        using var task = ControlSuiteTasks.Make("cartpole_swingup");
        using var suite = new Renderer(task.Physics, 64, 64, PictureQuality.Suite);
        using var fast = new Renderer(task.Physics, 64, 64, PictureQuality.Fast);
        var random = new RandomSource(1);
        for (var i = 0; i < 10; i++)
        {
            task.Reset();
            task.Physics.Qpos[0] = random.NextDouble(-1.5, 1.5);
            task.Physics.Qpos[1] = random.NextDouble(-Math.PI, Math.PI);
            task.Physics.Forward(quiet: true);
            var difference = suite.Draw(0).Zip(fast.Draw(0), (a, b) => Math.Abs(a - b)).Average();
            Assert.InRange(difference, 1e-6, 0.5);    // of 255; 0 would mean that fast is not what is drawn
        }
    }

    [Fact]
    public void NamesAreThoseOfTheConfiguration()
    {
        Assert.Same(PictureQuality.Suite, PictureQuality.Named("suite"));
        Assert.Same(PictureQuality.Fast, PictureQuality.Named("fast"));
        Assert.Throws<ReverieException>(() => PictureQuality.Named("best"));
    }
}
