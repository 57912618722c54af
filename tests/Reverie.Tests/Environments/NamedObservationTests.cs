using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Environments;

/// <summary>Pictures and vectors by name: how they become one of each, and what keeps their names.</summary>
public sealed class NamedObservationTests : IDisposable
{
    private static readonly BoxSpace Actions = BoxSpace.Uniform(1, -1, 1);

    private static readonly NamedSpace Both = new(
        new("front", new ImageSpace(2, 2)), new("goal", new BoxSpace([-1, 0], [1, 5])), new("wrist", new ImageSpace(2, 2, 1)),
        new("gear", new DiscreteSpace(3)));

    private static readonly TimeStep Row = new()
    {
        IsFirst = true,
        Pictures = new Dictionary<string, byte[]> { ["wrist"] = [7, 8, 9, 10], ["front"] = [.. Enumerable.Range(50, 12).Select(i => (byte)i)] },
        Vectors = new Dictionary<string, float[]> { ["gear"] = [0, 1, 0], ["goal"] = [-0.5f, 4] },
    };

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void PicturesLieInTheChannelsOfOneAndVectorsOneAfterTheOther()
    {
        using var environment = Made(Both, Row, "native");
        var seen = Assert.IsType<MixedSpace>(environment.ObservationSpace);
        Assert.Equal("Image[2, 2, 4: front 3, wrist 1]", $"{seen.Image}");
        Assert.Equal(new BoxSpace([-1, 0, 0, 0, 0], [1, 5, 1, 1, 1]), seen.Vector);
        var row = environment.Reset();
        Assert.Equal([50, 51, 52, 7, 53, 54, 55, 8, 56, 57, 58, 9, 59, 60, 61, 10], row.Image);
        Assert.Equal([-0.5f, 4, 0, 1, 0], row.Vector);
        Assert.Null(row.Pictures);
        // Side by side for people, the grey one in three channels.
        Assert.Equal(new ImageSpace(2, 4), seen.Image.ToShown());
        Assert.Equal([50, 51, 52, 53, 54, 55, 7, 7, 7, 8, 8, 8, 56, 57, 58, 59, 60, 61, 9, 9, 9, 10, 10, 10],
            seen.Image.ToRgb(row.Image));
    }

    [Fact]
    public void WhatTheyAreMadeOfIsKnownByTheTask()
    {
        var info = Info(Both);
        Assert.Equal([new("goal", 2), new ObservationEntry("gear", 3)], info.Observations);
        Assert.Equal((5, ObservationKind.Both), (info.VectorSize, info.Observation));
    }

    [Fact]
    public void PicturesOfDifferentSizesAreMadeAlikeOrRefused()
    {
        var space = new NamedSpace(new("front", new ImageSpace(32, 32)), new("wrist", new ImageSpace(64, 48, 1)));
        var row = new TimeStep
        {
            IsFirst = true, Pictures = new Dictionary<string, byte[]>
            {
                ["front"] = [.. Enumerable.Repeat((byte)90, 32 * 32 * 3)], ["wrist"] = [.. Enumerable.Repeat((byte)20, 64 * 48)],
            },
        };
        using var environment = Made(space, row, "40x48");
        Assert.Equal("Image[48, 40, 4: front 3, wrist 1]", $"{environment.ObservationSpace}");
        Assert.All(environment.Reset().Image.Chunk(4), pixel => Assert.Equal([90, 90, 90, 20], pixel));
        var line = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.ObservationSpaceOf(
            Registered(space, row), new EnvironmentConfig { Picture = "native" })).Message;
        Assert.Equal("environment.picture: native, but pictures differ in size (front 32 by 32, wrist 48 by 64); a size, such as "
            + "64x64, makes them alike", line);
    }

    [Fact]
    public void GreyAndAStackKeepTheNames()
    {
        var config = new EnvironmentConfig { Picture = "native", Grey = true, Stack = 2 };
        using var environment = EnvironmentRegistry.Compose(Registered(Both, Row), config, 1, ObservationKind.Pixels);
        var seen = Assert.IsType<ImageSpace>(environment.ObservationSpace);
        Assert.Equal("Image[2, 2, 4: front 1, wrist 1]", $"{seen}");
        Assert.Equal(EnvironmentRegistry.ObservationSpaceOf(Registered(Both, Row), config, ObservationKind.Pixels), seen);
        Assert.Equal([51, 7, 51, 7, 54, 8, 54, 8, 57, 9, 57, 9, 60, 10, 60, 10], environment.Reset().Image);
    }

    [Theory]
    [InlineData("wrist", "its picture wrist has 0 bytes where 4 are due")]
    [InlineData("goal", "its vector goal has 0 entries where 2 are due")]
    [InlineData("gear", "its vector gear has 0 entries where 3 are due")]
    [InlineData("no gear", "its gear is none of 3 choices, one-hot")]
    public void APartThatIsMissingIsAFaultThatNamesIt(string part, string fault)
    {
        var row = Row with
        {
            Pictures = Row.Pictures!.Where(one => one.Key != part).ToDictionary(),
            Vectors = part == "no gear" ? new Dictionary<string, float[]> { ["goal"] = [0, 0], ["gear"] = [0, 0, 0] }
                : Row.Vectors!.Where(one => one.Key != part).ToDictionary(),
        };
        Assert.Contains(fault, Assert.ThrowsAny<ReverieException>(() => Made(Both, row, "native").Reset()).Message);
    }

    public static TheoryData<string, Space, string> Faulty => new()
    {
        { "none", new NamedSpace(), "its observation space has no parts" },
        { "nameless", new NamedSpace(new NamedPart("", Actions)), "'' is no name of a part of its observation space" },
        { "slash", new NamedSpace(new NamedPart("a/b", Actions)), "'a/b' is no name of a part" },
        { "twice", new NamedSpace(new NamedPart("a", Actions), new("a", Actions)), "two parts called a" },
        { "null", new NamedSpace(new NamedPart("a", null!)), "a part of its observation space is null" },
        { "mixed", new NamedSpace(new NamedPart("a", new MixedSpace(new(), Actions))), "part a of its observation space: it is Image" },
        { "empty", new NamedSpace(new NamedPart("a", new BoxSpace([], []))), "part a of its observation space: its observation box has 0" },
        { "long", new NamedSpace(new NamedPart("a", BoxSpace.Uniform(9000, 0, 1)), new("b", BoxSpace.Uniform(9000, 0, 1))),
            "its vectors have 18000 entries" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void ASpaceThatCannotBeIsRefusedInALine(string name, Space space, string fault)
    {
        Assert.NotEmpty(name);
        var line = Assert.ThrowsAny<ReverieException>(
            () => EnvironmentRegistry.ObservationSpaceOf(Registered(space, Row), new EnvironmentConfig())).Message;
        Assert.Contains(fault, line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void NamesThatDifferFromTheTasksAreRefused() => Assert.Contains("where its TaskInfo says front Image[2, 2, 3] and goal",
        Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Make(
            Registered(Both, Row, new NamedSpace([.. Both.Parts.Select(part => part.Name == "wrist" ? part with { Name = "hand" } : part)])),
            new(), 1)).Message);

    [Fact]
    public void TheCheckerTakesThemWithoutARegistration() => Assert.DoesNotContain(
        EnvironmentChecker.Check(_ => new SpacesEnvironment(
            new NamedSpace(new("front", new ImageSpace(16, 16)), new("wrist", new ImageSpace(16, 16)), new("goal", Actions)), Actions), 40),
        finding => finding.IsError);

    /// <summary>A file keeps the names, and so does what is read of it, by the agent and as data.</summary>
    [Fact]
    public void AFileKeepsTheNames()
    {
        using var environment = Made(Both, Row, "native");
        var layout = EpisodeLayout.From(environment.ObservationSpace, environment.ActionSpace);
        var recorder = new EpisodeRecorder(layout);
        recorder.Begin(environment.Reset());
        recorder.Add([0.5f], environment.Step([0.5f]) with { IsLast = true });
        var episode = recorder.Finish();
        EpisodeArchive.Write(folder["a.npz"], episode);
        var read = EpisodeArchive.Read(folder["a.npz"]);
        Assert.Equal(layout.Image, read.Layout.Image);
        Assert.True(layout.Accepts(read));
        Assert.False((layout with { Image = layout.Image! with { Views = [] } }).Accepts(read));
        var report = new DataFolder(folder.Path).Demand();
        Assert.Equal(layout.Image, report.Layout!.Image);
        Assert.Empty(report.Unused);
    }

    [Fact]
    public void SomebodysFileMayHaveThemByName()
    {
        Write("a.npz", "front", "wrist");
        var data = new DataFolder(folder.Path);
        var report = data.Demand();
        Assert.Equal("image (2, 2, 4) of front 3 and wrist 1, vector 3, action 2 one-hot", $"{report.Layout}");
        Assert.Equal([new("goal", 2), new ObservationEntry("speed", 1)], report.Entries);
        Assert.Equal(["note"], report.Unused);
        var episode = data.Read(report, report.Layout!).Single();
        Assert.Equal([0, 1, 2, 0, 3, 4, 5, 1], episode.ImageAt(0)[..8].ToArray());
        Assert.Equal([0, 1, 10, 2, 3, 11], episode.Vector[..6]);
    }

    [Theory]
    [InlineData("other sizes", "its pictures are 3 by 3, those of 'image/front' 2 by 2; make all of them one size")]
    [InlineData("beside", "it is there beside 'image/front'; keep one of them")]
    [InlineData("other order", "it has image (2, 2, 4) of wrist 1 and front 3")]
    public void NamesThatDoNotFitAreTold(string what, string why)
    {
        Write("a.npz", "front", "wrist", what == "other sizes" ? 3 : 2, what == "beside");
        if (what == "other order") Write("b.npz", "wrist", "front");
        Assert.Contains(why, Assert.Throws<DataException>(() => new DataFolder(folder.Path).Demand()).Message);
    }

    [Fact]
    public void WhatIsNotKnownStandsAsZeroAndIsTold()
    {
        var space = BoxSpace.Uniform(2, 1, 3);
        var row = new TimeStep { Image = [], Vector = [2, float.NaN], IsFirst = true };
        var config = new EnvironmentConfig { Missing = true };
        using var environment = EnvironmentRegistry.Make(Registered(space, row), config, 1);
        Assert.Equal(new BoxSpace([0, 0, 0, 0], [3, 3, 1, 1]), environment.ObservationSpace);
        Assert.Equal(EnvironmentRegistry.ObservationSpaceOf(Registered(space, row), config), environment.ObservationSpace);
        Assert.Equal([2, 0, 1, 0], environment.Reset().Vector);
        Assert.Contains("set environment.missing=true", Assert.ThrowsAny<ReverieException>(
            () => EnvironmentRegistry.Make(Registered(space, row), new EnvironmentConfig(), 1).Reset()).Message);
    }

    private void Write(string name, string first, string second, int side = 2, bool beside = false)
    {
        const int Rows = 3;
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        foreach (var view in new[] { first, second })
            arrays.Add(view == "front" ? new("image/front", Bytes(Rows, 2, 2, 3)) : new("image/wrist", Bytes(Rows, side, side, 1)));
        if (beside) arrays.Add(new("image", Bytes(Rows, 2, 2, 3)));
        arrays.AddRange([
            new("vector/goal", new(Enumerable.Range(0, Rows * 2).Select(i => (float)i).ToArray(), Rows, 2)),
            new("vector/speed", new(new double[] { 10, 11, 12 }, Rows, 1)),
            new("note", new(new float[Rows], Rows)),
            new("action", new(new float[Rows * 2], Rows, 2)), new("reward", new(new float[] { 0, 1, 2 }, Rows)),
        ]);
        Npz.Write(folder[name], arrays);
    }

    private static NpyArray Bytes(params int[] shape) =>
        new(Enumerable.Range(0, shape.Aggregate(1, (all, one) => all * one)).Select(i => (byte)i).ToArray(), shape);

    private static IEnvironment Made(Space space, TimeStep row, string picture) => EnvironmentRegistry.Compose(
        Registered(space, row), new EnvironmentConfig { Picture = picture }, 1);

    private static TaskInfo Info(Space space) =>
        new() { Task = "named", Domain = "tests", ObservationSpace = space, ActionSpace = Actions };

    private static string Registered(Space space, TimeStep row, Space? told = null)
    {
        EnvironmentRegistry.Register(Info(told ?? space), (_, _) => new StillEnvironment(space, Actions, row));
        return "named";
    }
}
