using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Mujoco;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.ControlSuite;

public class ControlSuiteContractTests
{
    public static TheoryData<string> Tasks => [.. ControlSuiteTasks.Names];

    // Time limits as published; a thousand control steps of every domain are as long.
    private static readonly Dictionary<string, double> EpisodeSeconds = new()
    {
        ["Acrobot"] = 10, ["BallInCup"] = 20, ["Cartpole"] = 10, ["Cheetah"] = 10, ["Finger"] = 20, ["Hopper"] = 20,
        ["Pendulum"] = 20, ["Quadruped"] = 20, ["Reacher"] = 20, ["Walker"] = 25,
    };

    [Theory, MemberData(nameof(Tasks))]
    public void AnEpisodeKeepsTheContract(string task)
    {
        ControlSuiteTasks.Register();
        var info = EnvironmentRegistry.Find(task);
        using var environment = EnvironmentRegistry.Make(task, new EnvironmentConfig().With(new MujocoSettings { Quality = "fast" }), seed: 3);
        var random = new RandomSource(5);
        var row = environment.Reset();
        Assert.True(row is { IsFirst: true, IsLast: false, Reward: 0 });
        var decisions = 0;
        while (!row.IsLast)
        {
            row = environment.Step(RandomAction(random, info.ActionSize));
            decisions++;
            Assert.False(row.IsFirst || row.IsTerminal);
            Assert.InRange(row.Reward, 0, info.ActionRepeat);
            Assert.Equal(new ImageSpace().Size, row.Image.Length);
            Assert.Contains(row.Image, pixel => pixel > 100);
            Assert.Equal(info.VectorSize, row.Vector.Length);
        }
        Assert.Equal(info.EpisodeDecisions, decisions);
    }

    [Theory, MemberData(nameof(Tasks))]
    public void SameSeedSameEpisode(string task)
    {
        Assert.Equal(Episode(task, 4), Episode(task, 4));
        Assert.NotEqual(Episode(task, 4), Episode(task, 5));
    }

    [Theory, MemberData(nameof(Tasks))]
    public void TheCatalogueAgreesWithTheModel(string task)
    {
        ControlSuiteTasks.Register();
        using var bare = ControlSuiteTasks.Make(task);
        Assert.Equal(bare.ActionSpace, EnvironmentRegistry.Find(task).ActionSpace);
        Assert.Equal(EpisodeSeconds[bare.GetType().Name], bare.ControlTimestep * ControlSuiteTasks.EpisodeSteps, 9);
        Assert.Equal(bare.ControlTimestep, EnvironmentRegistry.Find(task).StepSeconds, 9);
        Assert.Equal(new MixedSpace(bare.Picture, (BoxSpace)bare.ObservationSpace),
            EnvironmentRegistry.Find(task).ObservationSpace);
    }

    [Fact]
    public void AnUnknownTaskNamesTheNearest()
    {
        ControlSuiteTasks.Register();
        var fault = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find("cartpole_swingpu"));
        Assert.Contains("cartpole_swingup", fault.Message);
    }

    private static List<double> Episode(string task, int seed)
    {
        using var environment = ControlSuiteTasks.Make(task);
        var random = new RandomSource(1);
        var numbers = new List<double>();
        numbers.AddRange(environment.Reset(seed).Vector.Select(x => (double)x));
        for (var i = 0; i < 200; i++)
        {
            var row = environment.Step(RandomAction(random, environment.Physics.Nu));
            numbers.Add(row.Reward);
            numbers.AddRange(row.Vector.Select(x => (double)x));
        }
        return numbers;
    }

    private static float[] RandomAction(RandomSource random, int size) =>
        [.. Enumerable.Range(0, size).Select(_ => (float)random.NextDouble(-1, 1))];
}
