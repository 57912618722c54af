using Reverie.Environments.Mujoco;

namespace Reverie.Tests.Mujoco;

public class PhysicsTests
{
    private const string Falling = """
        <mujoco><option timestep="0.01"/><worldbody><camera name="eye" pos="0 -3 0" zaxis="0 -1 0"/>
        <body name="ball"><freejoint/><geom name="ball" size="0.1" rgba="1 0 0 1"/></body></worldbody></mujoco>
        """;

    [Fact]
    public void ABallFalls()
    {
        using var physics = new Physics(Falling);
        physics.Reset();
        physics.Forward();
        for (var i = 0; i < 10; i++)
            physics.Step(10);
        Assert.Equal(1, physics.Time, 9);
        Assert.Equal(-9.81, physics.Qvel[2], 9);
        Assert.InRange(physics.Data("xpos")[5], -4.96, -4.90);
        Assert.False(physics.IsRk4);
        Assert.Equal(-9.81, physics.Option("gravity")[2]);
        Assert.Equal(0, physics.Warnings);
    }

    [Fact]
    public void MistakesAreToldInOneLine()
    {
        Told("<mujoco><worldbody><geom/></worldbody></mujoco>", "MuJoCo");
        Told("no xml", "MuJoCo");
        using var physics = new Physics(Falling);
        Assert.Contains("'nothing'", Assert.ThrowsAny<ReverieException>(() => physics.Data("nothing").Length).Message);
        Assert.Contains("no body called 'cup'",
            Assert.ThrowsAny<ReverieException>(() => physics.Id("body", "cup")).Message);
        Assert.Contains("Int", Assert.Throws<ArgumentException>(() => physics.Model("nq").Length).Message);
        using var renderer = new Renderer(physics, 16, 16, PictureQuality.Fast);
        Assert.Contains("camera 4", Assert.ThrowsAny<ReverieException>(() => renderer.Draw(4)).Message);
    }

    [Fact]
    public void AnUnstableStateIsCounted()
    {
        using var physics = new Physics(Falling);
        physics.Reset();
        physics.Qpos[0] = double.NaN;
        physics.Step(1);
        Assert.True(physics.Warnings > 0);
        Assert.Contains("nan", Physics.LastWarning, StringComparison.OrdinalIgnoreCase);
    }

    // MuJoCo's compiler draws such marks from the C library's rand, of which the process has one.
    [Fact]
    public void TexturesAreTheSameWhoeverElseDrawsFromTheSystemsGenerator()
    {
        const string Stars = """
            <mujoco><asset><texture name="sky" type="skybox" builtin="gradient" rgb1="0.4 0.6 0.8" rgb2="0 0 0" width="400"
            height="400" mark="random" markrgb="1 1 1"/></asset><worldbody><geom size="1"/></worldbody></mujoco>
            """;
        static byte[] Texture()
        {
            using var physics = new Physics(Stars);
            return MujocoBinding.Span<byte>(MujocoBinding.FieldOf(physics.Handle, Owner.Model, "tex_rgb")).ToArray();
        }
        var alone = Texture();
        Assert.InRange(alone.Distinct().Count(), 100, 256);
        using var end = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            for (var pause = 1; !end.Wait(pause); pause = pause % 60 + 7)
                _ = rand();
        });
        other.Start();
        var beside = Enumerable.Range(0, 30).Select(_ => Texture()).ToArray();
        end.Set();
        other.Join();
        Assert.All(beside, texture => Assert.True(alone.AsSpan().SequenceEqual(texture)));
    }

    [Fact]
    public void PicturesShowTheState()
    {
        using var physics = new Physics(Falling);
        physics.Reset();
        physics.Forward();
        using var renderer = new Renderer(physics, 32, 24, PictureQuality.Fast);
        var near = Red(renderer);
        physics.Qpos[2] = 0.4;
        physics.Forward();
        var above = Red(renderer);
        Assert.InRange(near, 11, 12.99);    // the middle of 24 rows
        Assert.True(above < near - 2);      // row 0 is the top
    }

    [Fact]
    public void RenderersOnSeveralThreadsDoNotDisturbEachOther()
    {
        using var physics = new Physics(Falling);
        physics.Forward();
        using var renderer = new Renderer(physics, 16, 16, PictureQuality.Suite);
        var expected = renderer.Draw(0);
        var others = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ =>
        {
            using var own = new Physics(Falling);
            own.Forward();
            using var drawing = new Renderer(own, 16, 16, PictureQuality.Suite);
            return Enumerable.Range(0, 10).Select(_ => drawing.Draw(0)).Last();
        }).ToArray();
        Assert.All(others, picture => Assert.Equal(expected, picture));
        Assert.Equal(expected, Task.Run(() => renderer.Draw(0)).Result);
    }

    [Fact]
    public void WhatIsDisposedOfIsNotTouched()
    {
        var physics = new Physics(Falling);
        var renderer = new Renderer(physics, 16, 16, PictureQuality.Fast);
        renderer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => renderer.Draw(0));
        physics.Dispose();
        physics.Dispose();
        Assert.Throws<ObjectDisposedException>(() => physics.Qpos.Length);
    }

    private static void Told(string xml, string word)
    {
        var message = Assert.ThrowsAny<ReverieException>(() => new Physics(xml)).Message;
        Assert.Contains(word, message);
        Assert.DoesNotContain('\n', message);
    }

    // Mean row of the red pixels.
    private static double Red(Renderer renderer)
    {
        var rgb = renderer.Draw(0);
        return Enumerable.Range(0, rgb.Length / 3).Where(i => rgb[3 * i] > 2 * rgb[3 * i + 1])
            .Average(i => (double)(i / renderer.Width));
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int rand();
}
