using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Gymnasium;
using Reverie.Training;

namespace Reverie.Tests.Gymnasium;

public sealed class GymnasiumEnvironmentTests : IDisposable
{
    private static readonly EnvironmentConfig Config = new() { Timeout = 30 };
    private readonly PythonPath python = new();
    private readonly List<string> told = [];

    public GymnasiumEnvironmentTests()
    {
        GymnasiumTasks.Register();
        GymnasiumTasks.Logger = new LineLogger(told.Add);
    }

    public void Dispose()
    {
        GymnasiumTasks.Logger = new LineLogger(Console.Error.WriteLine);
        python.Dispose();
    }

    [Fact]
    public void TimeSeedActionAndRewardComeOver()
    {
        using var environment = Make("Two");
        var first = environment.Reset(5);
        Assert.True(first is { IsFirst: true, IsLast: false, Reward: 0 });
        Assert.Equal(0, first.Vector[0]);
        var row = environment.Step([0, 1]);
        Assert.Equal([1, first.Vector[1], 1, 0, 0], row.Vector);
        Assert.Equal(0.5, row.Reward);
        Assert.NotEqual(first.Vector[1], environment.Reset().Vector[1]);
        Assert.Equal(first.Vector, environment.Reset(5).Vector);
        using var other = Make("Two", seed: 5);
        Assert.Equal(first.Vector, other.Reset().Vector);
    }

    [Theory]
    [InlineData("Two", 8, false)]
    [InlineData("Terminates", 8, true)]
    [InlineData("Limited", 5, false)]
    public void TerminatedAndTruncatedStayApart(string name, int steps, bool terminal)
    {
        using var environment = Make(name);
        var row = environment.Reset(1);
        for (var step = 1; step <= steps; step++)
        {
            Assert.False(row.IsLast);
            row = environment.Step([1, 0]);
        }
        Assert.Equal((true, terminal), (row.IsLast, row.IsTerminal));
        Assert.False(environment.Reset(2).IsLast);
    }

    [Theory]
    [InlineData("Late", 3, 2, new float[] { 12, 0, 0 })]
    [InlineData("Single", 4, 3, new float[] { 3, 0, 0 })]
    public void AChoiceIsOneOfSoMany(string name, int choices, int choice, float[] arrives)
    {
        using var environment = Make(name);
        var space = Assert.IsType<DiscreteSpace>(environment.ActionSpace);
        Assert.Equal(choices, space.Count);
        environment.Reset(1);
        Assert.Equal(arrives, environment.Step(space.OneHot(choice)).Vector[2..]);
    }

    /// <summary>Several at once stay several, in the order of the space.</summary>
    [Theory]
    [InlineData("Gears", "2 one-hot + 3 one-hot", new float[] { 0, 1, 0, 0, 1 }, new float[] { 1, 2, 0 })]
    [InlineData("Gears", "2 one-hot + 3 one-hot", new float[] { 1, 0, 0, 1, 0 }, new float[] { 0, 1, 0 })]
    [InlineData("Buttons", "2 one-hot + 2 one-hot + 2 one-hot", new float[] { 0, 1, 1, 0, 0, 1 }, new float[] { 1, 0, 1 })]
    [InlineData("Tuple", "3 one-hot + 2 one-hot + 2 one-hot", new float[] { 0, 0, 1, 1, 0, 0, 1 }, new float[] { 12, 0, 1 })]
    [InlineData("Named", "2 one-hot + 3 one-hot + 1", new float[] { 0, 1, 1, 0, 0, 2.5f }, new float[] { 1, 10, 2.5f })]
    public void SeveralActionsAreGroups(string name, string groups, float[] action, float[] arrives)
    {
        using var environment = Make(name);
        Assert.Equal(groups, $"{ActionGroups.Of(environment.ActionSpace)}");
        environment.Reset(1);
        Assert.Equal(arrives, environment.Step(action).Vector[2..]);
        Assert.Equal(arrives, environment.Step(action).Vector[2..]);
    }

    [Fact]
    public void NumbersArriveWithinTheirBoundsAndWholeWhereTheyMustBe()
    {
        using var environment = Make("Box");
        Assert.Equal(new BoxSpace([-1, 0], [1, 4]), environment.ActionSpace);
        environment.Reset(1);
        Assert.Equal([-0.25f, 3.5f], environment.Step([-0.25f, 3.5f]).Vector[2..4]);
        Assert.Equal([1, 0], environment.Step([1.5f, -1]).Vector[2..4]);
        using var whole = Make("Whole");
        whole.Reset(1);
        Assert.Equal(2, whole.Step([1.7f]).Vector[2]);
    }

    [Fact]
    public void ADictionaryBecomesAPictureAndAVector()
    {
        var info = EnvironmentRegistry.Find(Task("Everything"));
        Assert.Equal(["codes 6", "direction 4", "gears 5", "lamps 2", "nested.0 1"],
            info.Observations.Select(part => $"{part.Name} {part.Size}"));
        Assert.Equal("Image[64, 64, 3] and Box[18]", $"{info.ObservationSpace}");
        Assert.Contains("not shown to the agent: mission", Assert.Single(told));
        Assert.StartsWith("gymnasium 1.0.0 (stand-in), Trial/Everything-v0, Python 3.", info.Origin);
        using var environment = Make("Everything");
        environment.Reset(1);
        var row = environment.Step([1, 0]);
        Assert.All(row.Image, value => Assert.Equal(1, value));
        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, -2.5f], row.Vector);
    }

    [Fact]
    public void SeveralPicturesAndVectorsKeepTheirNames()
    {
        var info = EnvironmentRegistry.Find(Task("Cameras"));
        Assert.Equal("front Image[32, 48, 3] and hand.0 Image[16, 16, 3] and goal Box[2] and hand.1 Box[3]", $"{info.ObservationSpace}");
        Assert.Equal(["goal 2", "hand.1 3"], info.Observations.Select(part => $"{part.Name} {part.Size}"));
        Assert.Empty(told);
        using var environment = EnvironmentRegistry.Make(Task("Cameras"), Config, 1);
        Assert.Equal("Image[64, 64, 6: front 3, hand.0 3] and Box[5]", $"{environment.ObservationSpace}");
        environment.Reset(1);
        var row = environment.Step([1, 0]);
        Assert.All(row.Image.Chunk(6), pixel => Assert.Equal([10, 20, 1, 90, 90, 90], pixel));
        Assert.Equal([0.25f, -1, 0, 1, 0], row.Vector);
    }

    [Theory]
    [InlineData("Exact")]
    [InlineData("Large")]
    [InlineData("Grey")]
    [InlineData("First")]
    public void PicturesOfEveryShapeBecome64By64(string name)
    {
        using var environment = EnvironmentRegistry.Make(Task(name), new(), 1);
        Assert.Equal(new ImageSpace(), environment.ObservationSpace);
        var picture = environment.Reset(1).Image;
        Assert.Equal(64 * 64 * 3, picture.Length);
        Assert.All(picture.Select((value, i) => (value, Right: i / 3 % 64 >= 32)),
            pixel => Assert.Equal(pixel.Right ? 200 : 0, pixel.value));
    }

    [Theory]
    [InlineData("Least", true)]
    [InlineData("Codes", false)]
    public void FromTenPixelsEachWayItIsAPicture(string name, bool isPicture) =>
        Assert.Equal(isPicture, $"{EnvironmentRegistry.Find(Task(name)).ObservationSpace}".Contains("Image[10, 12, 3]"));

    [Fact]
    public void APictureWithoutPixelsIsRefusedInALine()
    {
        var line = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find(Task("Hollow")).ObservationSpace).Message;
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain("zero-size array", line);
    }

    [Fact]
    public void WithoutPicturesItDrawsItselfOnceADecisionWhereTheyAreAskedFor()
    {
        var task = Task("Two");
        Assert.Equal(ObservationKind.Both, EnvironmentRegistry.Find(task).Observation);
        using var seen = EnvironmentRegistry.Make(task, Config with { ActionRepeat = 3 }, 1, ObservationKind.Pixels);
        seen.Reset(1);
        var picture = seen.Step([1, 0]).Image;
        Assert.Equal([3, 3, 7], picture[..3]);      // three steps, the third drawing: one was to learn the size
        using var vector = EnvironmentRegistry.Make(task, Config, 1, ObservationKind.Vector);
        Assert.Empty(vector.Reset(1).Image);
    }

    [Fact]
    public void TheCheckerIsContent()
    {
        foreach (var name in (string[])["Grey", "Large"])
            Assert.DoesNotContain(EnvironmentChecker.Check(Task(name), Config, steps: 20), finding => finding.IsError);
    }

    [Fact]
    public void WhatItPrintsComesBetweenNothing()
    {
        using var environment = Make("Prints");
        environment.Reset(1);
        for (var step = 1; step <= 5; step++)
            Assert.Equal(step, environment.Step([1, 0]).Vector[0]);
    }

    [Fact]
    public void ARunIsTrainedAndToldByItsOrigin()
    {
        var run = Directory.CreateTempSubdirectory("reverie-gym").FullName;
        try
        {
            var config = ConfigReader.Resolve(new ConfigSources
            {
                Presets = ["planet", "tiny", "debug"],
                Overrides = [.. new[] { $"task={Task("Limited")}", "environment.count=2", "training.env_steps=30",
                    "replay.chunk_length=4", "planner.horizon=3" }.Select(ConfigOverride.Parse)],
            });
            using var training = TrainingRun.Open(run, config);
            Assert.True(training.Train(_ => { }));
            Assert.InRange(training.Counters.EnvSteps, 30, 50);
            Assert.Contains("Trial/Limited-v0", File.ReadAllText(Path.Combine(run, "run.json")));
        }
        finally
        {
            Directory.Delete(run, recursive: true);
        }
    }

    private static string Task(string name) => $"gym:trial_environments:Trial/{name}-v0";

    private static GymnasiumEnvironment Make(string name, int seed = 0) =>
        new($"trial_environments:Trial/{name}-v0", Config, seed);
}
