using System.Text.Json.Nodes;
using Reverie.Environments.Box2D;
using Reverie.Environments.CarRacing;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.CarRacing;

public sealed class RaceReplayTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("track", "track", 275)]
    [InlineData("seeds", "seeds", 10)]
    [InlineData("full_gas", "race", 100)]
    [InlineData("gas_steer_sine", "race", 100)]
    [InlineData("brake_skid", "race", 100)]
    public void RecordingsComeOutAgainBitForBit(string name, string what, int rows)
    {
        Assert.True(RaceReplay.Reads(Golden(name + ".json")));
        var result = RaceReplay.Run(Golden(name + ".json"));
        Assert.Equal((what, rows), (result.What, result.Rows));
        Assert.Equal(what == "race", result.Reward is not null);
        Assert.Equal(what == "seeds", result.Draws is not null);
        Assert.Equal(what != "race", result.Track is not null);
        if (World.LibraryVersion == 20401)    // the recordings' version
            Assert.True(result is { Ok: true, FirstDifference: null }, result.ToString());
    }

    [Fact]
    public void ARewardThatIsWrongInItsLastDigitIsFound()
    {
        var result = Changed("full_gas", file => Add(file["after"]!["reward"]!, 7, 1e-12));
        Assert.False(result.Ok);
        Assert.Equal(7, result.FirstDifference);
        Assert.InRange(result.Reward!.Value, 1e-13, 1e-11);
        Assert.Equal((0.0, 0.0, 0.0), (result.State, result.Force, result.Tiles));
    }

    [Fact]
    public void AnotherActionShowsInForcesAndStates()
    {
        var result = Changed("brake_skid", file => Add(file["actions"]![80]!, 1, -1 / 256.0));
        Assert.False(result.Ok);
        Assert.True(result is { FirstDifference: 80, State: > 0, Force: > 0 }, result.ToString());
    }

    [Fact]
    public void TilesAndEndsAreCompared()
    {
        Assert.True(Changed("full_gas", file => file["after"]!["fresh"]![20] = new JsonArray(9))
            is { Ok: false, FirstDifference: 20, State: 0 });
        Assert.True(Changed("full_gas", file => file["first_true"]!["done_v0"] = 60)
            is { Ok: false, FirstDifference: 60, State: 0 });
    }

    [Fact]
    public void OtherTracksAreFoundOut()
    {
        Assert.True(Changed("track", file => Add(file["points"]![100]!, 2, 1e-9))
            is { Ok: false, FirstDifference: 100 });
        Assert.True(Changed("track", file => file["border"]![3] = 1) is { Ok: false, FirstDifference: 3 });
        Assert.True(Changed("track", file => Add(file["noise"]![0]!, 5, 0.1)) is { Ok: false });
        Assert.True(Changed("track", file => Add(file["masses"]!["hull"]!, 0, 1e-4)) is { Ok: false, State: > 0 });
        Assert.True(Changed("seeds", file => file[2]!["seed"] = 3) is { Ok: false, FirstDifference: 2, Draws: > 0 });
    }

    [Theory]
    [InlineData("after.reward has 99 rows and actions 100", "reward")]
    [InlineData("after.hull has 99 rows and actions 100", "hull")]
    [InlineData("after.wheel has 99 rows and actions 100", "wheel")]
    public void ARecordingThatDoesNotFitTogetherIsToldInOneLine(string reason, string column)
    {
        var fault = Assert.ThrowsAny<ReverieException>(() =>
            Changed("full_gas", file => file["after"]![column]!.AsArray().RemoveAt(99)));
        Assert.Contains(reason, fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void AMissingTrackIsToldInOneLine()
    {
        var fault = Assert.ThrowsAny<ReverieException>(() => Changed("full_gas", file => file["track"] = "none.json"));
        Assert.Contains("none.json", fault.Message);
        Assert.False(RaceReplay.Reads(Path.Combine(folder.Path, "nothing.json")));
    }

    internal static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "car-racing", name);

    private RaceReplayResult Changed(string name, Action<JsonNode> change)
    {
        var file = JsonNode.Parse(File.ReadAllText(Golden(name + ".json")))!;
        change(file);
        var path = Path.Combine(folder.Path, name + "-changed.json");
        File.WriteAllText(path, file.ToJsonString());
        File.Copy(Golden("track.json"), Path.Combine(folder.Path, "track.json"), overwrite: true);
        return RaceReplay.Run(path);
    }

    private static void Add(JsonNode list, int index, double difference) =>
        list.AsArray()[index] = (double)list[index]! + difference;
}
