using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.Mujoco;

public class RendererTests
{
    private const int Pictures = 6;

    // Nothing in it reflects, so reflections change nothing but that planes are then drawn whole, lest one show in a
    // mirror.
    private const string Floors = """
        <mujoco><visual><map zfar="20"/></visual><statistic extent="2" center="0 0 1"/>
        <asset><texture name="t" type="2d" builtin="checker" rgb1="1 0 0" rgb2="0 0.6 0" width="64" height="64"/>
        <material name="m" texture="t" texuniform="true"/></asset>
        <worldbody>
        <geom type="plane" pos="40 3 0" size="70 60 0.5" material="m"/>
        <geom type="plane" pos="0 9 0" size="90 4 0.3" zaxis="0 -1 0.4" rgba="0.2 0.3 0.9 1"/>
        <body name="head" pos="0 0 1"><freejoint/><geom size="0.1"/><light pos="0 0 3"/>
        <camera name="eye" pos="0 0 0.3" xyaxes="1 0 0 0 0.4 1"/></body></worldbody></mujoco>
        """;

    [Fact]
    public void PlanesAreCutToTheViewWithoutATrace()
    {
        using var physics = new Physics(Floors);
        var quality = PictureQuality.Suite with { ShadowSize = 64 };
        using var cut = new Renderer(physics, 48, 64, quality with { Reflections = false });
        using var whole = new Renderer(physics, 48, 64, quality);
        var random = new RandomSource(3);
        var seen = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            physics.Reset();
            var pose = physics.Qpos;
            pose[0] = random.NextDouble(-40, 120);
            pose[1] = random.NextDouble(-70, 60);
            pose[2] = random.NextDouble(0.1, 6);
            for (var k = 3; k < 7; k++)
                pose[k] = random.NextGaussian();
            physics.Forward(quiet: true);
            var expected = whole.Draw(0);
            Assert.Equal(expected, cut.Draw(0));
            seen.Add(Convert.ToBase64String(expected));
        }
        Assert.InRange(seen.Count, 20, 60);    // the rest looks away from the floors
    }

    [Theory]
    [InlineData("suite")]
    [InlineData("fast")]
    public void RenderersOnSeveralThreadsDrawTheSameBytesAtOnce(string quality)
    {
        string[] names = ["cartpole_swingup", "finger_spin", "pendulum_swingup", "reacher_easy"];
        var expected = names.Select(name => Film(name, quality)).ToArray();
        var films = names.Concat(names).AsParallel().AsOrdered().WithDegreeOfParallelism(8)
            .WithExecutionMode(ParallelExecutionMode.ForceParallelism).Select(name => Film(name, quality)).ToArray();
        Assert.Equal(expected.Concat(expected), films);
    }

    [Fact]
    public void ARendererMayChangeItsThreadBetweenPictures()
    {
        var expected = Film("cartpole_swingup", "fast");
        using var task = ControlSuiteTasks.Make("cartpole_swingup", seed: 1, PictureQuality.Fast);
        using var other = ControlSuiteTasks.Make("cartpole_swingup", seed: 1, PictureQuality.Fast);
        ControlTask[] tasks = [task, other];
        Array.ForEach(tasks, each => each.Reset());
        for (var i = 0; i < Pictures; i++)
        {
            // Each on a thread of its own, and with every picture on another one.
            var pictures = new byte[2][];
            var turn = i % 2;
            var elsewhere = new Thread(() => pictures[turn] = tasks[turn].Draw());
            elsewhere.Start();
            pictures[1 - turn] = tasks[1 - turn].Draw();
            elsewhere.Join();
            Assert.All(pictures, picture => Assert.Equal(expected[i], picture));
            Array.ForEach(tasks, each => each.Step([0.5f]));
        }
    }

    private static byte[][] Film(string name, string quality)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1, PictureQuality.Named(quality));
        task.Reset();
        var action = new float[task.Physics.Nu];
        Array.Fill(action, 0.5f);
        var film = new byte[Pictures][];
        for (var i = 0; i < Pictures; i++)
        {
            film[i] = task.Draw();
            task.Step(action);
        }
        return film;
    }
}
