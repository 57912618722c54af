using System.Text.Json;
using Reverie.Cli.Bench;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class EnvironmentBenchmarkTests : IDisposable
{
    private static readonly string[] Measured =
        ["physics_steps", "suite_pictures", "fast_pictures", "decisions_1", "decisions_2", "decisions_4"];

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-bench-").FullName;

    public static TheoryData<string> Tasks => [.. ControlSuiteTasks.Names];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Only then is a comparison of their speeds one of the same work.
    [Theory, MemberData(nameof(Tasks))]
    public void TheLoopInCComesToTheSameStatesAndPictures(string task)
    {
        using var scenario = new Scenario(task, Actions(task), [5], OpenGlKind.OsMesa);
        using var loop = Start(scenario, task, PictureQuality.Fast);
        Assert.Equal(scenario.Physics(50).Check, loop.Carry("physics 50").Check);
        Assert.Equal(Picture(scenario, task, PictureQuality.Fast), loop.Carry("pictures 0 1").Check);
    }

    [Fact]
    public void TheLoopInCDrawsInEveryQualityAndOnThreads()
    {
        const string task = "reacher_hard";
        using var scenario = new Scenario(task, Actions(task), [5, 6], OpenGlKind.OsMesa);
        using var loop = Start(scenario, task, PictureQuality.Suite, PictureQuality.Fast);
        var suite = loop.Carry("pictures 0 1").Check;
        Assert.Equal(Picture(scenario, task, PictureQuality.Suite), suite);
        Assert.NotEqual(suite, loop.Carry("pictures 1 1").Check);
        Assert.True(loop.Carry("decisions 1 2 2 3").Seconds > 0);
        Assert.Equal(suite, loop.Carry("pictures 0 2").Check);
        Assert.Contains("no such order", Assert.ThrowsAny<ReverieException>(() => loop.Carry("pictures 2 1")).Message);
    }

    [Fact]
    public async Task EveryNumberIsThereForBothAndTheirRatio()
    {
        var (code, output, error) =
            await RunLine("bench env --task pendulum_swingup --against-c --repeats 1 --json --set environment.quality=fast");
        Assert.Equal((0, ""), (code, error));
        var row = JsonDocument.Parse(output).RootElement;
        Assert.Equal(("env", "pendulum_swingup", "fast", 2), (row.GetProperty("what").GetString(),
            row.GetProperty("task").GetString(), row.GetProperty("quality").GetString(),
            row.GetProperty("action_repeat").GetInt32()));
        Assert.True(row.GetProperty("same").GetBoolean());
        foreach (var group in (string[])["per_second", "c_per_second", "ratio"])
        {
            Assert.Equal(Measured, row.GetProperty(group).EnumerateObject().Select(entry => entry.Name));
            Assert.All(row.GetProperty(group).EnumerateObject(), entry => Assert.True(entry.Value.GetDouble() > 0));
        }
    }

    [Fact]
    public async Task ATaskWithoutMujocoHasStepsAndDecisions()
    {
        var (code, output, error) = await RunLine("bench env --task catch_one --repeats 2");
        Assert.Equal((0, ""), (code, error));
        var cells = output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("catch_one", cells[0]);
        Assert.NotEqual("–", cells[1]);    // steps that nobody looks at
        Assert.Equal(["–", "–"], cells[2..4]);
        Assert.Equal(7, cells.Length);
    }

    [Theory]
    [InlineData("bench env --task catch --against-c", "catch is no task of the control suite")]
    [InlineData("bench env --against-c --set environment.gl=egl", "the loop in C draws with OSMesa, not with EGL")]
    [InlineData("bench env --against-c --set environment.discretize=3", "the loop in C has no discrete actions")]
    [InlineData("bench update --task all", "there is no task 'all'")]
    public async Task WhatCannotBeComparedIsOneLine(string typed, string told)
    {
        var (code, _, error) = await RunLine(typed);
        Assert.Equal(1, code);
        Assert.Contains(told, Assert.Single(error.TrimEnd().Split('\n')));
    }

    private static float[][] Actions(string task)
    {
        ControlSuiteTasks.Register();
        var (random, size) = (new RandomSource(1), EnvironmentRegistry.Find(task).ActionSize);
        return [.. Enumerable.Range(0, 20).Select(_ =>
            Enumerable.Range(0, size).Select(_ => (float)random.NextDouble(-1, 1)).ToArray())];
    }

    private static double Picture(Scenario scenario, string task, PictureQuality quality) =>
        scenario.Pictures(quality, EnvironmentRegistry.Find(task).Camera, 1).Check;

    private ControlLoop Start(Scenario scenario, string task, params PictureQuality[] qualities)
    {
        var (model, text) = scenario.Write(folder, EnvironmentRegistry.Find(task).Camera, repeat: 2);
        return ControlLoop.Start(model, text, qualities);
    }
}
