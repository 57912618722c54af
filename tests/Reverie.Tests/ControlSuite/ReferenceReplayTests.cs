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
        Assert.True(result.Ok, result.ToString());
        Assert.Equal((task, mode), (result.Task, result.Mode));
        var exact = Physics.LibraryVersion == 222;    // the recordings' version: bit for bit, byte for byte
        Assert.InRange(result.State!.Value, 0, exact ? 0 : 1e-9);
        Assert.InRange(result.Observation!.Value, 0, exact ? 1e-12 : 1e-9);
        Assert.InRange(result.Reward!.Value, 0, exact ? 1e-12 : 1e-9);
        Assert.InRange(result.Probes!.Value, 0, exact ? 1e-12 : 1e-9);
        Assert.InRange(result.Picture!.Value, 0, exact ? 0 : 255);
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
        Assert.Contains("nq, nv", Fault(file => file["nu"] = 1, file => file["nv"] = 3));
        Assert.Contains("after_step", Fault(file => file.Remove("after_step")));
        Assert.Contains("25 rows", Fault(file => file["after_step"]!["qvel"]!.AsArray().RemoveAt(0)));
        var missing = Assert.Throws<ReverieException>(() => ReferenceReplay.Run("nowhere.json"));
        Assert.Contains("nowhere.json", missing.Message);
    }

    internal static string Golden(string name) =>
        Path.Combine(AppContext.BaseDirectory, "Golden", "control-suite", name);

    private static string Fault(params Action<JsonObject>[] changes) => Assert.Throws<ReverieException>(() =>
        Changed(file => Array.ForEach(changes, change => change(file)))).Message;

    private static ReplayResult Changed(Action<JsonObject> change, ReplayMode mode = ReplayMode.OneStep)
    {
        var file = JsonNode.Parse(File.ReadAllText(Golden("cartpole_swingup.json")))!.AsObject();
        change(file);
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
