using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.Mujoco;

public class PictureQualityTests
{
    private const int Episodes = 4, States = 5, StepsBetween = 40;
    private const double MostDifferent = 1.5;    // mean over a picture, of 255

    public static TheoryData<string> Tasks => [.. ControlSuiteTasks.Names];

    [Theory, MemberData(nameof(Tasks))]
    public void FastPicturesAreNearlyThoseOfTheSuite(string name)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 2);
        using var suite = new Renderer(task.Physics, 64, 64, PictureQuality.Suite);
        using var fast = new Renderer(task.Physics, 64, 64, PictureQuality.Fast);
        var random = new RandomSource(1);
        for (var state = 0; state < Episodes * States; state++)
        {
            if (state % States == 0)
                task.Reset();
            else
                Wander(task, random);
            var difference = suite.Draw(task.Camera).Zip(fast.Draw(task.Camera), (a, b) => Math.Abs(a - b)).Average();
            Assert.InRange(difference, 1e-6, MostDifferent);    // 0 would mean that fast is not what is drawn
        }
    }

    [Fact]
    public void NamesAreThoseOfTheConfiguration()
    {
        Assert.Same(PictureQuality.Suite, PictureQuality.Named("suite"));
        Assert.Same(PictureQuality.Fast, PictureQuality.Named("fast"));
        Assert.ThrowsAny<ReverieException>(() => PictureQuality.Named("best"));
    }

    private static void Wander(ControlTask task, RandomSource random)
    {
        var action = new float[task.Physics.Nu];
        for (var step = 0; step < StepsBetween; step++)
        {
            for (var i = 0; i < action.Length; i++)
                action[i] = (float)random.NextDouble(-1, 1);
            task.Step(action);
        }
    }
}
