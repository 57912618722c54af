using Reverie.Cli.Records;
using Reverie.Logging;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Records;

public sealed class RecordFileTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARecordIsWrittenOnceAndReadBack()
    {
        var file = new RecordFile(folder["deep/r.jsonl"]);
        file.Demand();
        var said = new List<string>();
        file.Add(Record(1), said.Add);
        file.Add(Record(2), said.Add);
        file.Add(Record(1), said.Add);
        Assert.Equal(2, said.Count);
        var read = RecordFile.Read(folder["deep/r.jsonl"]);
        Assert.Equal([Record(1).Line(), Record(2).Line()], read.Select(record => record.Line()));
    }

    [Fact]
    public void ARunThatWentOnTakesItsPlace()
    {
        var file = new RecordFile(folder["r.jsonl"]);
        file.Add(Record(1), _ => { });
        file.Add(Record(2), _ => { });
        file.Add(Record(1) with { EnvSteps = 200 }, _ => { });
        Assert.Equal([200, 100], RecordFile.Read(folder["r.jsonl"]).Select(record => record.EnvSteps));
    }

    [Fact]
    public void RunsOfOneSecondWithOtherSettingsAreTwo()
    {
        var file = new RecordFile(folder["r.jsonl"]);
        var one = Record(1);
        var other = one with { Settings = new Dictionary<string, string>(one.Settings) { ["model.deter"] = "30" } };
        file.Add(one, _ => { });
        file.Add(other, _ => { });
        Assert.Equal([one.Line(), other.Line()], RecordFile.Read(folder["r.jsonl"]).Select(record => record.Line()));
    }

    [Fact]
    public void HalfALineOfAProcessThatWasKilledIsReplaced()
    {
        var file = new RecordFile(folder["r.jsonl"]);
        file.Add(Record(1), _ => { });
        File.AppendAllText(folder["r.jsonl"], "{\"task\":\"ca");
        Assert.Single(RecordFile.Read(folder["r.jsonl"]));
        file.Add(Record(2), _ => { });
        Assert.Equal(2, RecordFile.Read(folder["r.jsonl"]).Count);
        Assert.Equal(2, File.ReadAllLines(folder["r.jsonl"]).Length);
    }

    [Fact]
    public void ALastLineWithoutItsEndCountsAndIsEndedBeforeTheNext()
    {
        File.WriteAllText(folder["r.jsonl"], $"\ufeff{Record(1).Line()}\n{Record(2).Line()}");
        Assert.Equal(2, RecordFile.Read(folder["r.jsonl"]).Count);
        new RecordFile(folder["r.jsonl"]).Add(Record(3), _ => { });
        Assert.Equal($"\ufeff{Record(1).Line()}\n{Record(2).Line()}\n{Record(3).Line()}\n",
            System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(folder["r.jsonl"])));
        Assert.Equal([1, 2, 3], RecordFile.Read(folder["r.jsonl"]).Select(record => record.Seed));
    }

    [Fact]
    public void WhatIsNotUtf8IsToldAndKept()
    {
        byte[] bytes = [.. System.Text.Encoding.Latin1.GetBytes(Record(1).Line().Replace("a processor", "\u00e4") + "\n")];
        File.WriteAllBytes(folder["r.jsonl"], bytes);
        Assert.Equal($"{folder["r.jsonl"]}, line 1 is no record of a run: it is not UTF-8",
            Assert.ThrowsAny<ReverieException>(() => new RecordFile(folder["r.jsonl"]).Add(Record(2), _ => { })).Message);
        Assert.Equal(bytes, File.ReadAllBytes(folder["r.jsonl"]));
    }

    [Fact]
    public void ARunThatStandsTwiceIsTold()
    {
        File.WriteAllText(folder["r.jsonl"], Record(1).Line() + "\n" + Record(1).Line() + "\n");
        Assert.Equal($"{folder["r.jsonl"]}: seed 1 of planet on catch stands twice; delete the older line",
            Assert.ThrowsAny<ReverieException>(() => RecordFile.Read(folder["r.jsonl"])).Message);
    }

    [Theory]
    [InlineData("\"mean\":0.75,", "", "mean")]
    [InlineData("\"threads\":1,", "", "threads")]
    [InlineData("\"mean\":0.75", "\"mean\":1e999", "is not finite")]
    [InlineData("\"seed\":1", "\"seed\":-1", "below 0")]
    [InlineData("\"tests\":[", "\"tests\":[null,", "is null")]
    [InlineData("[\"planet\",", "[\"planet\",null,", "is null")]
    [InlineData("\"model.deter\":\"20\"", "\"model.deter\":null", "is null")]
    [InlineData("\"task\":\"catch\"", "\"task\":\"cat\\nch\"", "control character")]
    [InlineData("\"model.deter\":\"20\"", "\"training.test_at\":\"[5, soon]\"", "'soon' is none")]
    [InlineData("[50,0.5]", "[50]", "a point has two numbers")]
    public void WhatARecordLacksOrHasWrongIsTold(string right, string wrong, string told)
    {
        var line = Record(1).Line();
        Assert.Contains(right, line);
        File.WriteAllText(folder["r.jsonl"], line.Replace(right, wrong) + "\n");
        var message = Assert.ThrowsAny<ReverieException>(() => RecordFile.Read(folder["r.jsonl"])).Message;
        Assert.StartsWith($"{folder["r.jsonl"]}, line 1 is no record of a run: ", message);
        Assert.Contains(told, message);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    public void ALineThatIsNoRecordIsToldAndTheFileKept(string line)
    {
        File.WriteAllText(folder["r.jsonl"], Record(1).Line() + "\n" + line + "\n");
        var before = File.ReadAllBytes(folder["r.jsonl"]);
        Assert.StartsWith($"{folder["r.jsonl"]}, line 2 is no record of a run",
            Assert.ThrowsAny<ReverieException>(() => new RecordFile(folder["r.jsonl"]).Demand()).Message);
        Assert.ThrowsAny<ReverieException>(() => new RecordFile(folder["r.jsonl"]).Add(Record(2), _ => { }));
        Assert.Equal(before, File.ReadAllBytes(folder["r.jsonl"]));
    }

    [Fact]
    public void SeveralAppendAtOnce()
    {
        Parallel.For(0, 20, seed => new RecordFile(folder["r.jsonl"]).Add(Record(seed), _ => { }));
        Assert.Equal(Enumerable.Range(0, 20), RecordFile.Read(folder["r.jsonl"]).Select(record => record.Seed).Order());
    }

    [Fact]
    public void ARecordIsARunToCompare()
    {
        var run = Record(3).AsRun();
        Assert.Equal(("catch-planet-tiny-deter=20-seed3", "catch", "planet"), (run.Name, run.Task, run.Settings["agent"]));
        Assert.Equal([("evaluation", 50, 0.5), (MetricRecord.Test, 100, 0.75)],
            run.Records.Select(record => (record.Kind, record.EnvSteps, record.Values["return"])));
    }

    internal static RunRecord Record(int seed) => new()
    {
        Task = "catch", Agent = "planet", Presets = ["planet", "tiny"], Seed = seed, Version = "1", Commit = "abc",
        Settings = new Dictionary<string, string> { ["model.deter"] = "20", ["compute.threads"] = "1", ["training.test_episodes"] = "2" },
        Machine = new("a processor", "avx2", "cpu", "fp32", 1, "1.13.0"), Started = "2026-01-01T00:00:00Z",
        EnvSteps = 100, Updates = 9, CoreMinutes = 1.5, Tests = [new(100, 2, 0.75, 0.25, 0.5, 1)], Curve = [[50, 0.5]],
    };
}
