using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Training;

namespace Reverie.Tests.Environments;

public class SpaceRuleTests
{
    private static readonly ImageSpace Picture = new();
    private static readonly BoxSpace Vector = BoxSpace.Uniform(2, -100, 100), Actions = BoxSpace.Uniform(1, -1, 1);

    public static TheoryData<string, Space, Space, string?> Spaces => new()
    {
        { "picture", Picture, Actions, null },
        { "vector", Vector, Actions, null },
        { "both", new MixedSpace(Picture, Vector), new DiscreteSpace(1), null },
        { "open_vector", BoxSpace.Uniform(2, float.NegativeInfinity, float.PositiveInfinity), Actions, null },
        { "constant", new BoxSpace([0, 3], [1, 3]), new BoxSpace([0.5f, -1], [0.5f, 1]), null },
        { "largest", Vector, BoxSpace.Uniform(1, -float.MaxValue, float.MaxValue), null },
        { "large_picture", new ImageSpace(84, 84), Actions, null },
        { "grey", new ImageSpace(64, 64, 1), Actions, null },
        { "many", new ImageSpace(64, 64, 65), Actions, "64 by 64 with 65 channels; agents see 64 channels at most" },
        { "no_picture", new ImageSpace(0, 64), Actions, "0 by 64 with 3 channels is none that can be held" },
        { "too_many_bytes", new ImageSpace(30_000, 30_000), Actions, "30000 by 30000" },
        { "long", BoxSpace.Uniform(100_000, -1, 1), Actions, "100000 entries; 16384 are the most" },
        { "swapped_vector", BoxSpace.Uniform(2, 1, -1), Actions, "entry 0 of its observation box goes from 1 to -1" },
        { "uneven", new BoxSpace([0, 0], [1]), Actions, "2 lower and 1 upper bounds" },
        { "null", null!, Actions, "its observation space is null" },
        { "half_null", new MixedSpace(Picture, null!), Actions, "a part of its observation space is null" },
        { "choice_seen", new DiscreteSpace(3), Actions, "its observation space is Discrete[3]" },
        { "no_action", Vector, null!, "its action space is null" },
        { "picture_action", Vector, Picture, "neither a box nor discrete" },
        { "no_choice", Vector, new DiscreteSpace(0), "neither a box nor discrete with at least one choice" },
        { "million", Vector, new DiscreteSpace(1_000_000), "1000000 choices; 16384" },
        { "empty", Vector, new BoxSpace([], []), "0 lower and 0 upper bounds" },
        { "uneven_action", Vector, new BoxSpace([0], [1, 1]), "1 lower and 2 upper bounds" },
        { "swapped", Vector, new BoxSpace([-1, 1], [1, -1]), "entry 1 of its action box goes from 1 to -1" },
        { "nan", Vector, new BoxSpace([float.NaN], [1]), "a bound of entry 0 of its action box is NaN" },
        { "open", Vector, BoxSpace.Uniform(1, float.NegativeInfinity, float.PositiveInfinity), null },
        { "half_open", Vector, new BoxSpace([0], [float.PositiveInfinity]), null },
        { "nowhere", Vector, new BoxSpace([float.PositiveInfinity], [float.PositiveInfinity]), "no action lies between them" },
    };

    [Theory]
    [MemberData(nameof(Spaces))]
    public void WhatTheCheckPassesIsWhatTrainingAccepts(string name, Space observation, Space action, string? fault)
    {
        var config = Registered(name, observation, action);
        var errors = EnvironmentChecker.Examine(config.Task, config.Environment, steps: 20).Findings
            .Where(finding => finding.IsError).ToArray();
        if (fault is null)
        {
            Assert.Empty(errors);
            using var parts = new RunParts(config, 1);
            using var agent = new RandomAgent(parts.Layout);
            Assert.Single(new Collector(parts.Environments, parts.Layout, _ => { }).Collect(agent, ActMode.Collect, 1));
            EnvironmentRegistry.DemandLearnable(config);
            return;
        }
        Assert.Contains(fault, Assert.Single(errors).What);
        Told(fault, () => new RunParts(config, 1).Dispose());
        Told(fault, () => EnvironmentRegistry.DemandLearnable(config));
    }

    [Theory]
    [InlineData(9, 64)]
    [InlineData(64, 513)]
    public void APictureIsLearnedAsItIsWhereEncodersTakeIt(int height, int width)
    {
        var config = Registered($"native{height}", new ImageSpace(height, width), Actions);
        config = config with { Environment = config.Environment with { Picture = "native" } };
        Assert.Contains($"{height} by {width} with 3 channels; agents see 10 to 512 pixels each way", Assert.Single(
            EnvironmentChecker.Examine(config.Task, config.Environment, steps: 20).Findings, one => one.IsError).What);
        Told("agents see 10 to 512 pixels", () => new RunParts(config, 1).Dispose());
        Told("agents see 10 to 512 pixels", () => EnvironmentRegistry.DemandLearnable(config));
        Told("agents see 10 to 512 pixels", () => new RunParts(
            config with { Environment = new() { Picture = $"8x{SpaceRule.LeastSide}" } }, 1).Dispose());
        new RunParts(config with { Environment = new() { Picture = "512x10" } }, 1).Dispose();
    }

    [Fact]
    public void ConvolutionsThatLeaveNothingOfAPictureSaySo() =>
        Told("4 convolutions of 3x3 leave nothing of pictures of 14 by 64", () => new Reverie.Models.ControlConvolutions(
            new ModelConfig(), new ImageSpace(14, 64), 4, Reverie.Torch.DType.Float32,
            new Reverie.Torch.Nn.Initializer(Reverie.Torch.Device.Cpu, new Reverie.Torch.Generator(Reverie.Torch.Device.Cpu, 1))).Dispose());

    [Fact]
    public void TheVectorOfAPictureThatIsTooLargeCanBeLearned()
    {
        var config = Registered("beside", new MixedSpace(new ImageSpace(640, 480), Vector), Actions);
        config = config with { Environment = config.Environment with { Picture = "native" } };
        var seen = EnvironmentChecker.Examine(config.Task, config.Environment, steps: 20);
        Assert.Contains("model.encoder=vector", Assert.Single(seen.Findings, finding => finding.IsError).What);
        seen = EnvironmentChecker.Examine(config.Task, config.Environment, steps: 20, asked: ObservationKind.Vector);
        Assert.DoesNotContain(seen.Findings, finding => finding.IsError);
        new RunParts(config with { Model = config.Model with { Encoder = "vector" } }, 1).Dispose();
    }

    [Fact]
    public void WhatDiffersFromItsTaskInfoIsNotTrainedIn()
    {
        var config = Registered("promised", Vector, Actions);
        EnvironmentRegistry.Register(EnvironmentRegistry.Find(config.Task) with { ActionSpace = new DiscreteSpace(2) },
            (_, _) => new Still(Vector, Actions));
        Told("it takes Box[1] where its TaskInfo says Discrete[2]", () => new RunParts(config, 1).Dispose());
        EnvironmentRegistry.Register(
            EnvironmentRegistry.Find(config.Task) with { ActionSpace = Actions, ObservationSpace = Picture },
            (_, _) => new Still(Vector, Actions));
        Told("gives no pictures", () => new RunParts(config with { Model = new() { Encoder = "pixels" } }, 1).Dispose());
        EnvironmentRegistry.Register(
            EnvironmentRegistry.Find(config.Task) with { ActionSpace = Actions, ObservationSpace = BoxSpace.Uniform(3, 0, 1) },
            (_, _) => new Still(Vector, Actions));
        Told("it shows Box[2] where its TaskInfo says Box[3]", () => new RunParts(config, 1).Dispose());
    }

    [Fact]
    public void SpacesThatChangeLaterDoNotCount()
    {
        var inner = new Still(Vector, Actions);
        using var environment = new CheckedEnvironment(inner, "mine");
        environment.Reset();
        inner.ObservationSpace = BoxSpace.Uniform(3, -100, 100);
        Told("at step 1: its vector has 3 entries where 2 are due", () => environment.Step([0]));
        Assert.Equal(Vector, environment.ObservationSpace);
    }

    private static Config Registered(string name, Space observation, Space action)
    {
        var task = $"space_{name}";
        EnvironmentRegistry.Register(
            new TaskInfo { Task = task, Domain = "tests", ObservationSpace = observation, ActionSpace = action },
            (_, _) => new Still(observation, action));
        var seen = observation is BoxSpace ? "vector" : observation is MixedSpace ? "both" : "pixels";
        return new Config { Task = task, Agent = "random", Model = new ModelConfig { Encoder = seen } };
    }

    private static void Told(string what, Action code)
    {
        var message = Assert.ThrowsAny<ReverieException>(code).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains(what, message);
    }

    /// <summary>Shows zeros, and a picture of time; ends after ten steps.</summary>
    private sealed class Still(Space observation, Space action) : IEnvironment
    {
        private int time;

        public Space ObservationSpace { get; set; } = observation;

        public Space ActionSpace => action;

        public TimeStep Reset(int? seed = null)
        {
            time = 0;
            return Row() with { IsFirst = true };
        }

        public TimeStep Step(ReadOnlySpan<float> action)
        {
            time++;
            return Row() with { Reward = 1, IsLast = time == 10 };
        }

        public void Dispose()
        {
        }

        private TimeStep Row()
        {
            var row = new TimeStep
            {
                Image = new byte[SpaceRule.PictureOf(ObservationSpace)?.Size ?? 0],
                Vector = new float[SpaceRule.VectorOf(ObservationSpace)?.Size ?? 0],
            };
            Array.Fill(row.Image, (byte)(20 * time));
            if (SpaceRule.VectorOf(ObservationSpace) is { } box)
                for (var i = 0; i < row.Vector.Length; i++)
                    row.Vector[i] = Math.Max(box.Low[i], 0);
            return row;
        }
    }
}
