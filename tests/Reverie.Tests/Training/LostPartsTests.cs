using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>Parts of a run that are missing, or are not what they should be: said, and left as they are.</summary>
public sealed class LostPartsTests : IClassFixture<FinishedRuns>, IDisposable
{
    private const string Short = "training.env_steps=90";

    private readonly TemporaryDirectory folder = new();
    private readonly FinishedRuns finished;

    public LostPartsTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
        finished.CopyTo(Run, Short);
    }

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("checkpoints", "has no checkpoint, but episodes, metrics.jsonl: put checkpoints back")]
    [InlineData("episodes", "3 of 3 episodes cannot be used")]
    [InlineData("metrics.jsonl", "metrics.jsonl: is gone, and the checkpoint continues it")]
    [InlineData("run.json", "run.json: there is no such file")]
    [InlineData("config.yaml", "has episodes, metrics.jsonl, checkpoints, but no config.yaml")]
    public void ALostPartIsSaidAndNothingIsBegunAnew(string part, string told)
    {
        var path = Path.Combine(Run, part);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
        var line = Refusal();
        Assert.Contains(told, line);
        Assert.Contains("begin this one anew with --restart", line);
    }

    [Theory]
    [InlineData("checkpoints")]
    [InlineData("episodes")]
    public void APartThatIsEmptyIsLostAsWell(string part)
    {
        Directory.Delete(Path.Combine(Run, part), recursive: true);
        Directory.CreateDirectory(Path.Combine(Run, part));
        Refusal();
    }

    [Theory]
    [InlineData("config.yaml")]
    [InlineData("run.json")]
    [InlineData("metrics.jsonl")]
    public void WhatIsNoFileIsRefusedAndLeft(string name)
    {
        foreach (var kind in (string[])["pipe", "folder"])
        {
            FolderState.Replace(Path.Combine(Run, name), kind);
            Assert.Contains(kind, Refusal());
            Directory.Delete(Run, recursive: true);
            finished.CopyTo(Run, Short);
        }
    }

    [Theory]
    [InlineData("config.yaml")]
    [InlineData("run.json")]
    public void SettingsThatGrewByAHoleAreNotRead(string name)
    {
        FolderState.Replace(Path.Combine(Run, name), "hole");
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(Run, Short));
        Assert.Contains("has 10737418240 bytes", error.Message);
    }

    [Fact]
    public void ALogThatGrewByAHoleIsCutBackToTheCheckpoint()
    {
        FolderState.Replace(Path.Combine(Run, "metrics.jsonl"), "hole");
        var told = Assert.ThrowsAny<ReverieException>(() => Reverie.Logging.MetricsReader.Read(Run)).Message;
        Assert.Contains("has 10737418240 bytes", told);
        TinyRun.Complete(Run);
        Assert.Equal(finished.Content(), RunContent.Of(Run));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    public void ACheckpointOfWhichAPartIsNoFileGivesWayToTheOneBeforeIt(string name)
    {
        foreach (var kind in (string[])["pipe", "folder", "hole", "gone"])
        {
            var newest = RunContent.Newest(Run);
            FolderState.Replace(Path.Combine(newest, name), kind);
            using (var run = TinyRun.Open(Run, Short))
            {
                Assert.Equal(8, run.Trainer.Counters.Updates);
                Assert.Contains(run.Lines, line => line.StartsWith($"{newest}: damaged ("));
                run.Trainer.Run();
            }
            Assert.True(Directory.Exists(newest + ".damaged"));
            Directory.Delete(Run, recursive: true);
            finished.CopyTo(Run, Short);
        }
    }

    [Fact]
    public void ALinkToNothingInThePlaceOfACheckpointIsADamagedOne()
    {
        var newest = RunContent.Newest(Run);
        Directory.Delete(newest, recursive: true);
        File.CreateSymbolicLink(newest, "nowhere");
        TinyRun.Complete(Run);
        Assert.Equal(finished.Content(), RunContent.Of(Run));
    }

    [Theory]
    [InlineData("evaluations")]
    [InlineData("checkpoints")]
    [InlineData("videos")]
    public void AFolderThatIsNoneIsRefusedBeforeTheWork(string name)
    {
        var path = Path.Combine(Run, name);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        File.CreateSymbolicLink(path, "nowhere");
        Assert.Contains($"{path}: is no folder", Refusal());
    }

    [Fact]
    public void ARunThatIsRefusedLeavesNoTrace()
    {
        var before = FolderState.Of(folder.Path);
        Assert.ThrowsAny<ReverieException>(() => TrainingRun.Open(Path.Combine(folder.Path, "new", "run"),
            TinyRun.Configuration("compute.device=cuda:77")));
        Assert.ThrowsAny<ReverieException>(() => TinyRun.Open(Path.Combine(folder.Path, "another"),
            "replay.cross_episode=false", "replay.chunk_length=11", "environment.time_limit=11", "replay.memory_gb=1",
            "training.env_steps=1000000000000"));
        Assert.Equal(before, FolderState.Of(folder.Path));
    }

    [Fact]
    public void BegunAnewItIsTheRunThatNothingDisturbedAndTheOldOneIsKept()
    {
        File.WriteAllText(Path.Combine(Run, "notes.txt"), "mine");
        File.Delete(Path.Combine(Run, "metrics.jsonl"));
        var before = FolderState.Of(Path.Combine(Run, "checkpoints"));
        using (var run = TinyRun.Restart(Run, Short))
        {
            Assert.False(Directory.Exists(Path.Combine(Run, "before-1")));
            run.Trainer.Run();
        }
        Assert.Equal(finished.Content(Short), RunContent.Of(Run));
        Assert.Equal(before, FolderState.Of(Path.Combine(Run, "before-1", "checkpoints")));
        Assert.True(File.Exists(Path.Combine(Run, "notes.txt")));
        using (var again = TinyRun.Restart(Run, Short))
            again.Trainer.Begin();
        Assert.True(File.Exists(Path.Combine(Run, "before-2", "metrics.jsonl")));
    }

    private string Refusal()
    {
        var before = FolderState.Of(Run);
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(Run, Short));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, FolderState.Of(Run));
        return error.Message;
    }
}
