using System.IO.Compression;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Replay;

public sealed class DataFolderTests : IDisposable
{
    private const int Rows = 6;

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Row t shows t, has t / 10 as its action where it leads there, and t as its reward.</summary>
    private void Write(string name, bool departure = false, params (string Key, NpyArray? Array)[] changes)
    {
        var arrays = new Dictionary<string, NpyArray>
        {
            ["image"] = new(Enumerable.Range(0, Rows * 12).Select(i => (byte)(i / 12)).ToArray(), Rows, 2, 2, 3),
            ["action"] = new(
                Enumerable.Range(0, Rows).Select(t => 0.1f * (departure ? (t + 1) % Rows : t)).ToArray(), Rows, 1),
            ["reward"] = new(Enumerable.Range(0, Rows).Select(t => (float)t).ToArray(), Rows),
            ["discount"] = new(Enumerable.Repeat(1f, Rows).ToArray(), Rows),
        };
        foreach (var (key, array) in changes)
            if (array is null)
                arrays.Remove(key);
            else
                arrays[key] = array;
        Npz.Write(folder[name], arrays);
    }

    private static NpyArray Floats(params float[] values) => new(values, values.Length);

    [Theory]
    [InlineData(false, ActionPairing.Arrival)]
    [InlineData(true, ActionPairing.Departure)]
    public void EitherPairingIsKnownByItsFirstRowAndComesOutAlike(bool departure, ActionPairing pairing)
    {
        Write("a.npz", departure);
        Write("b.npz", departure, ("logprob", Floats(1, 2, 3)));
        var data = new DataFolder(folder.Path);
        var report = data.Demand();
        Assert.Contains("every episode has the same return", Assert.Single(report.Findings).ToString());
        Assert.Equal(pairing, report.Pairing);
        Assert.Equal((2, 10L, 0), (report.Episodes, report.Decisions, report.Terminal));
        Assert.Equal([15.0, 15.0], report.Returns);
        Assert.Equal(["logprob"], report.Unused);
        Assert.Equal((0f, 0.5f), (report.ActionLow[0], report.ActionHigh[0]));
        var episode = data.Read(report, report.Layout!).First();
        Assert.Null(episode.Fault());
        Assert.Equal([0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f], episode.Action, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0f, 1, 2, 3, 4, 5], episode.Reward);
        Assert.All(Enumerable.Range(0, Rows), t => Assert.Equal(t, episode.ImageAt(t)[0]));
    }

    [Fact]
    public void DiscountZeroOnTheLastRowIsATrueEndAndSoIsIsTerminal()
    {
        Write("a.npz", changes: ("discount", Floats(1, 1, 1, 1, 1, 0)));
        bool[] ends = [false, false, false, false, false, true];
        Write("b.npz", changes: [("discount", null), ("is_terminal", new(ends, 6))]);
        var data = new DataFolder(folder.Path);
        var report = data.Check();
        Assert.Equal(2, report.Terminal);
        Assert.All(data.Read(report, report.Layout!), episode => Assert.True(episode.IsTerminal[^1]));
    }

    [Fact]
    public void ARunSOwnEpisodesAreReadAsTheyAre()
    {
        Directory.CreateDirectory(folder["episodes"]);
        var episode = Episodes.Counting(7, terminates: true);
        var tame = new Episode(episode.Layout, episode.Rows, episode.Image, episode.Vector,
            [.. episode.Action.Select(value => value / 100)], episode.Reward, episode.IsFirst, episode.IsLast,
            episode.IsTerminal);
        new EpisodeStore(folder["episodes"]).Write(tame);
        var data = new DataFolder(folder.Path);
        var back = data.Read(data.Demand(), tame.Layout).Single();
        Assert.Equal(tame.Image, back.Image);
        Assert.Equal(tame.Vector, back.Vector);
        Assert.Equal(tame.Action, back.Action);
        Assert.Equal(tame.IsTerminal, back.IsTerminal);
    }

    [Fact]
    public void ChoicesAreKnownByTheirOnesAndPartsCanBeTakenAlone()
    {
        float[] choices = [0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1];
        Write("a.npz", changes: [("action", new(choices, Rows, 2)), ("vector", new(new double[Rows * 3], Rows, 3))]);
        var data = new DataFolder(folder.Path);
        var report = data.Demand();
        Assert.True(report.Layout!.OneHot);
        var wanted = report.Layout with { Image = null };
        Assert.Equal((wanted, 0), data.Read(report, wanted).Select(one => (one.Layout, one.Image.Length)).Single());
        Assert.Contains("but the agent is to learn from", Assert.ThrowsAny<ReverieException>(
            () => data.Read(report, report.Layout with { ActionSize = 4 }).ToArray()).Message);
    }

    [Theory]
    [InlineData("wrong.npz: 'action_mask', row 2: it allows nothing", new float[] { 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1 })]
    [InlineData("wrong.npz: 'action_mask', row 4: 0.5 is neither 0 nor 1", new[] { 1, 1, 1, 0, 1, 0, 1, 1, 0.5f, 1, 1, 1 })]
    public void AMaskAllowsAChoiceOnEveryRow(string told, float[] mask)
    {
        float[] choices = [0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1];
        Write("wrong.npz", changes: [("action", new(choices, Rows, 2)), ("action_mask", new(mask, Rows, 2))]);
        Assert.Contains(told, Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder.Path).Demand()).Message);
    }

    /// <summary>The mask of a row is of what is chosen after it: with arrivals the action of the next row.</summary>
    [Theory]
    [InlineData(false, 3, 4)]
    [InlineData(true, 3, 3)]
    public void AnActionThatItsMaskForbidsIsTold(bool departure, int masked, int told)
    {
        float[] choices = departure ? [0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0] : [0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1];
        float[] mask = [.. Enumerable.Repeat(1f, 12)];
        Write("a.npz", departure, [("action", new(choices, Rows, 2)), ("action_mask", new(mask, Rows, 2))]);
        Assert.DoesNotContain(new DataFolder(folder.Path).Check().Findings, finding => finding.IsError);
        mask[2 * masked + choices.AsSpan(2 * told, 2).IndexOf(1f)] = 0;
        Write("a.npz", departure, [("action", new(choices, Rows, 2)), ("action_mask", new(mask, Rows, 2))]);
        Assert.StartsWith($"error: a.npz: 'action', row {told}: 'action_mask' forbids it where it was chosen",
            $"{Assert.Single(new DataFolder(folder.Path).Check().Findings, finding => finding.IsError)}");
    }

    [Fact]
    public void ANameIsToldInALine()
    {
        File.WriteAllText(folder["a\nb\u001b[31m.npz"], "none");
        var finding = Assert.Single(new DataFolder(folder.Path).Check().Findings, one => one.IsError);
        Assert.DoesNotContain($"{finding}", char.IsControl);
    }

    public static TheoryData<string, string, object?> Faults => new()
    {
        { "reward", "'reward': it is missing; there are image, action, discount", null },
        { "action", "'action': it is missing", null },
        { "image", "it has neither 'image' nor 'vector'", null },
        { "reward", "'reward', row 2: NaN is no number", Floats(0, 1, float.NaN, 3, 4, 5) },
        { "reward", "'reward', row 0: 9 stands where nothing was done yet", Floats(9, 1, 2, 3, 4, 5) },
        { "reward", "no decision in it", Floats(0) },
        { "action", "'action', row 3: 2 lies outside [-1, 1]", new NpyArray(new[] { 0f, 0, 0, 2, 0, 0 }, Rows, 1) },
        { "action", "its shape is (6); it must be (6, entries), choices one-hot", new NpyArray(new long[Rows], Rows) },
        { "action", "its shape is (5, 1)", new NpyArray(new float[5], 5, 1) },
        { "image", "it holds float32 from 0 to 0.5; pictures are uint8",
            new NpyArray(Pictures(i => 0.5f * (i % 2)), Rows, 2, 2, 3) },
        { "image", "it holds float16 from 0 to 255; pictures are uint8",
            new NpyArray(Pictures(i => (Half)(255 * (i % 2))), Rows, 2, 2, 3) },
        { "image", "it holds bool", new NpyArray(new bool[Rows * 12], Rows, 2, 2, 3) },
        { "image", "row 2: -1 is no value of a picture",
            new NpyArray(Pictures(i => (short)(i == 24 ? -1 : 7)), Rows, 2, 2, 3) },
        { "image", "row 3: 320 is no value of a picture",
            new NpyArray(Pictures(i => i == 36 ? 320L : 7), Rows, 2, 2, 3) },
        { "image", "its shape is (6, 0, 2, 3); it must be (6, height, width, channels)",
            new NpyArray(new byte[0], Rows, 0, 2, 3) },
        { "reward", "'reward', row 1: 1E+300 is too large for float32; scale it",
            new NpyArray(new[] { 0, 1e300, 0, 0, 0, 0 }, Rows) },
        { "action", "'action', row 1: 7 lies outside [-1, 1]; scale actions to it, and write choices one-hot",
            new NpyArray(new long[] { 0, 7, 1, 1, 1, 1 }, Rows, 1) },
        { "action", "its shape is (6, 0)", new NpyArray(new float[0], Rows, 0) },
        { "is_first", "'is_first', row 3: it is set on row 3 of 6; a file holds one episode",
            new NpyArray(new[] { true, false, false, true, false, false }, Rows) },
        { "discount", "'discount', row 4: the episode ends on row 4 of 6, but rows follow", Floats(1, 1, 1, 1, 0, 0) },
    };

    private static T[] Pictures<T>(Func<int, T> value) => [.. Enumerable.Range(0, Rows * 12).Select(value)];

    [Theory, MemberData(nameof(Faults))]
    public void WhatIsWrongIsToldWithFileKeyAndRow(string key, string told, object? array)
    {
        Write("good.npz");
        Write("wrong.npz", changes: (key, (NpyArray?)array));
        var report = new DataFolder(folder.Path).Check();
        Assert.Equal(1, report.Episodes);
        var finding = report.Findings.First(one => one.IsError);
        Assert.Equal("wrong.npz", finding.File);
        Assert.Contains(told, finding.ToString());
        Assert.Contains(told, Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder.Path).Demand()).Message);
    }

    [Fact]
    public void NumbersOfAnyWidthAreTheSameData()
    {
        Write("a.npz");
        Write("b.npz", changes:
        [
            ("image", new(Pictures(i => (long)(i / 12)), Rows, 2, 2, 3)),
            ("action", new(Enumerable.Range(0, Rows).Select(t => 0.1 * t).ToArray(), Rows, 1)),
            ("reward", new(Enumerable.Range(0, Rows).Select(t => (Half)t).ToArray(), Rows)),
            ("discount", new(Enumerable.Repeat((sbyte)1, Rows).ToArray(), Rows)),
            ("is_last", new(new ushort[] { 0, 0, 0, 0, 0, 9 }, Rows)),
        ]);
        var data = new DataFolder(folder.Path);
        var report = data.Demand();
        var (first, second) = (data.Read(report, report.Layout!).First(), data.Read(report, report.Layout!).Last());
        Assert.Equal(first.Image, second.Image);
        Assert.Equal(first.Action, second.Action, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(first.Reward, second.Reward);
    }

    [Fact]
    public void KeysThatAreNotUsedAreNotLookedAt()
    {
        Write("a.npz");
        using (var zip = ZipFile.Open(folder["a.npz"], ZipArchiveMode.Update))
            foreach (var (name, header) in new[]
            {
                ("info.npy", "|O"), ("task.npy", "<U4"), ("time.npy", "<M8[s]"), ("wide.npy", "<f16"),
                ("README.txt", ""),
            })
                using (var entry = zip.CreateEntry(name).Open())
                    entry.Write([0x93, .. "NUMPY"u8, 1, 0, 99, 0, .. System.Text.Encoding.ASCII.GetBytes(header)]);
        var report = new DataFolder(folder.Path).Demand();
        Assert.Equal(["README.txt", "info", "task", "time", "wide"], report.Unused);
    }

    [Fact]
    public void FilesThatContradictEachOtherAreTold()
    {
        Write("a.npz");
        Write("b.npz", departure: true);
        Write("c.npz", changes: ("image", new(new byte[Rows * 27], Rows, 3, 3, 3)));
        File.WriteAllText(folder["d.npz"], "none");
        string[] told = [.. new DataFolder(folder.Path).Check().Findings.Select(one => one.ToString())];
        Assert.Contains(told, line => line.Contains(
            "b.npz: 'action', row 0: there is an action on the first row, but none in a.npz"));
        Assert.Contains(told, line => line.Contains("c.npz: it has image (3, 3, 3)"));
        Assert.Contains(told, line => line.Contains("d.npz: it cannot be read"));
        Assert.Contains(new DataFolder(folder.Path, ActionPairing.Arrival).Check().Findings,
            one => one is { File: "b.npz", IsError: true });
        Assert.DoesNotContain(new DataFolder(folder.Path, ActionPairing.Departure).Check().Findings,
            one => one is { Key: "action" });
    }

    [Fact]
    public void FoldersWithoutEpisodesAreTold()
    {
        Assert.Contains("there is no such folder",
            Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder["none"])).Message);
        Assert.Contains("no file ends in .npz",
            Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder.Path)).Message);
    }
}
