using System.Text.Json.Nodes;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.ControlSuite;

public class ReferenceReplayTests
{
    public static TheoryData<string, ReplayMode> Files
    {
        get
        {
            var data = new TheoryData<string, ReplayMode>();
            foreach (var task in ControlSuiteTasks.Names)
                foreach (var mode in Enum.GetValues<ReplayMode>())
                    data.Add(task, mode);
            return data;
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void RecordedEpisodesComeOutAgain(string task, ReplayMode mode)
    {
        var result = ReferenceReplay.Run(Golden(task + ".json"), mode);
        Assert.Equal((task, mode), (result.Task, result.Mode));
        Assert.Equal(mode == ReplayMode.Trajectory, result.Starts is not null);
        if (Physics.LibraryVersion != 222)
            return;    // the recordings' version: bit for bit, byte for byte
        Assert.True(result is { Ok: true, Drifts: false, State: 0, Picture: 0 }, result.ToString());
        Assert.InRange(result.Observation!.Value, 0, 1e-12);
        Assert.InRange(result.Reward!.Value, 0, 1e-12);
        Assert.InRange(result.Probes!.Value, 0, 1e-12);
    }

    // The quadruped's quaternions would be normalised twice, the cheetah and the hopper live in contacts.
    [Theory]
    [InlineData("cheetah_run")]
    [InlineData("cup_catch")]
    [InlineData("hopper_hop")]
    [InlineData("quadruped_run")]
    public void WholeEpisodesOfOursComeOutAgainToTheLastBit(string task)
    {
        var episode = Recording.Of(task, ControlSuiteTasks.EpisodeSteps);
        foreach (var mode in Enum.GetValues<ReplayMode>())
            Assert.True(Run(episode, mode) is
            {
                Ok: true, Drifts: false, State: 0, Observation: 0, Reward: 0, Probes: null, Picture: null, Starts: null,
            }, $"{task} {Run(episode, mode)}");
    }

    [Fact]
    public void ATrajectoryMayDriftWhereSingleStepsAgree()
    {
        var episode = Recording.Of("acrobot_swingup", 1000);
        episode["initial"]!["qpos"]![0] = (double)episode["initial"]!["qpos"]![0]! + 1e-14;
        Assert.True(Run(episode, ReplayMode.OneStep) is { Ok: true, State: > 0 and < 1e-12 });
        var drifted = Run(episode, ReplayMode.Trajectory);
        Assert.True(drifted is { Ok: true, Drifts: true, State: > 1e-12 }, drifted.ToString());
    }

    [Fact]
    public void ATrajectoryThatIsWrongFromTheStartIsFound()
    {
        var episode = Recording.Of("acrobot_swingup", 5);
        episode["initial"]!["qvel"]![0] = (double)episode["initial"]!["qvel"]![0]! + 1e-5;
        Assert.False(Run(episode, ReplayMode.Trajectory).Ok);
    }

    [Fact]
    public void AWrongNumberIsFound()
    {
        var result = Changed(file => file["after_step"]!["reward"]!.AsArray()[3] = 0.5);
        Assert.False(result.Ok);
        Assert.InRange(result.Reward!.Value, 0.4, 0.6);
        Assert.Equal(0, result.State);
        Assert.Null(result.Picture);    // none lies beside the changed file
    }

    [Fact]
    public void ProbesAndStatesAreCompared()
    {
        Assert.True(Changed(file => file["probes"]!.AsArray()[0]!["reward"] = 2).Probes > 1);
        var moved = Changed(file => file["initial"]!["qpos"]!.AsArray()[0] = 0.3, ReplayMode.Trajectory);
        Assert.True(moved is { Ok: false, State: > 0.1 });
    }

    [Fact]
    public void FilesThatCannotBeReplayedSayWhy()
    {
        Assert.Contains("'moon_walk'", Fault(file => file["task"] = "moon_walk"));
        Assert.Contains("nq, nv", Fault(file => file["task"] = "pendulum_swingup"));
        Assert.Contains("not of length 3", Fault(file => file["nv"] = 3));
        Assert.Contains("after_step", Fault(file => file.Remove("after_step")));
        Assert.Contains("after_step.qvel has 24 rows", Fault(file => file["after_step"]!["qvel"]!.AsArray().RemoveAt(0)));
        Assert.Contains("after_step.qpos has an entry that is null", Fault(file => file["after_step"]!["qpos"]![2] = null));
        Assert.Contains("length 1", Fault(file => file["actions"]![4] = new JsonArray(1, 2)));
        Assert.Contains("probes", Fault(file => file["probes"]![0] = null));
        Assert.Contains("observation", Fault(file => file["probes"]![0]!.AsObject().Remove("observation")));
        Assert.Contains("qpos has 1 entries", Fault(file => file["probes"]![0]!["qpos"] = new JsonArray(1)));
        Assert.Contains("qpos", Fault(file => file["initial"]!["qpos"] = "left"));
        Assert.Contains("quantile_levels", Fault(file => file["initial_distribution"]!["resets"] = 0));
        Assert.Contains("initial_distribution",
            Fault(file => file["initial_distribution"]!["qvel"]!["quantiles"]!.AsArray().RemoveAt(0)));
        var missing = Assert.ThrowsAny<ReverieException>(() => ReferenceReplay.Run("nowhere.json"));
        Assert.Contains("nowhere.json", missing.Message);
    }

    [Theory]
    [InlineData("moon_pos", "geom", "cart", 3, "moon_pos")]
    [InlineData("geom_pos", "geom", "moon", 3, "moon")]
    [InlineData("geom_pos", "moon", "cart", 3, "moon")]
    [InlineData("geom_pos", "geom", "cart", 2, "2 numbers there and 3")]
    [InlineData("geom_type", "geom", "cart", 1, "geom_type")]
    public void ModelValuesThatTheModelDoesNotHaveAreRefused(string field, string type, string name, int size,
        string told)
    {
        var value = new JsonObject
        {
            ["field"] = field,
            ["type"] = type,
            ["name"] = name,
            ["value"] = new JsonArray([.. Enumerable.Repeat(0, size).Select(x => JsonValue.Create(x))]),
        };
        Assert.Contains(told, Fault(file => file["model_values"] = new JsonArray(value)));
    }

    internal static string Golden(string name) =>
        Path.Combine(AppContext.BaseDirectory, "Golden", "control-suite", name);

    private static string Fault(params Action<JsonObject>[] changes) => Assert.ThrowsAny<ReverieException>(() =>
        Changed(file => Array.ForEach(changes, change => change(file)))).Message;

    private static ReplayResult Changed(Action<JsonObject> change, ReplayMode mode = ReplayMode.OneStep)
    {
        var file = JsonNode.Parse(File.ReadAllText(Golden("cartpole_swingup.json")))!.AsObject();
        change(file);
        return Run(file, mode);
    }

    private static ReplayResult Run(JsonObject file, ReplayMode mode)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, file.ToJsonString());
            return ReferenceReplay.Run(path, mode);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
