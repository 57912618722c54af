using Reverie.Policies;
using Reverie.Runs;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Files of a run that were damaged: what is whole is gone on from, and the user is told.</summary>
public sealed class DamageTests : IClassFixture<FinishedRuns>, IDisposable
{
    private const string Short = "training.env_steps=90";

    private readonly TemporaryDirectory folder = new();

    private readonly FinishedRuns finished;

    public DamageTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
        finished.CopyTo(Run, Short);    // checkpoints after 8 and 10 updates
    }

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model.safetensors", "cut")]
    [InlineData("model.safetensors", "flipped")]
    [InlineData("optimizer.safetensors", "cut")]
    [InlineData("optimizer.safetensors", "flipped")]
    [InlineData("optimizer.safetensors", "gone")]
    [InlineData("state.json", "cut")]
    [InlineData("state.json", "empty")]
    public void ADamagedCheckpointIsSaidAndTheOneBeforeItTaken(string file, string damage)
    {
        var newest = RunContent.Newest(Run);
        Damage(Path.Combine(newest, file), damage);
        using var run = TinyRun.Open(Run, Short);
        Assert.Equal(8, run.Trainer.Counters.Updates);
        Assert.Contains(run.Lines, line => line.StartsWith($"{newest}: damaged (")
            && line.EndsWith("going back to the checkpoint before it"));
        Assert.Contains("going on from 90 environment steps, 8 updates, 3 episodes", run.Lines);
    }

    [Fact]
    public void ARunThatWentBackIsTheRunThatWasNeverDamaged()
    {
        Damage(Path.Combine(RunContent.Newest(Run), "model.safetensors"), "flipped");
        TinyRun.Complete(Run);
        Assert.Equal(finished.Content(), RunContent.Of(Run));
    }

    [Fact]
    public void ADamagedCheckpointPushesOutNoGoodOne()
    {
        Damage(Path.Combine(RunContent.Newest(Run), "state.json"), "cut");
        using var run = TinyRun.Open(Run, Short, "training.keep_checkpoints=1");
        run.Trainer.Save();
        Assert.Equal("000000008", Path.GetFileName(RunContent.Newest(Run)));
    }

    /// <summary>Whoever looks at a run that goes on may find the list of checkpoints, and then not one of them.</summary>
    [Theory]
    [InlineData("to act")]
    [InlineData("to transfer")]
    public async Task WhatReadsBesideARunThatGoesOnFindsACheckpoint(string use)
    {
        var checkpoints = Path.Combine(Run, "checkpoints");
        using var learner = TinyRun.Open(Run, Short);
        using var other = TinyRun.Open(folder["other"]);
        using var ended = new CancellationTokenSource();
        var newest = Checkpoint.LoadNewest(checkpoints, learner.Agent, _ => { })!;
        var goesOn = Task.Run(() =>
        {
            for (; !ended.IsCancellationRequested; newest = newest with { Counters = newest.Counters with { Updates = newest.Counters.Updates + 1 } })
                newest.Save(checkpoints, learner.Agent, keep: 1);
        });
        try
        {
            for (var reads = 0; reads < 60; reads++)
            {
                if (use == "to act")
                    Policy.Load(Run).Dispose();
                else
                    Checkpoint.LoadModules(checkpoints, "transfer.from", other.Agent.Modules);
                await Task.Yield();
            }
        }
        finally
        {
            await ended.CancelAsync();
            await goesOn;
        }
    }

    [Fact]
    public void ACheckpointThatWasBeingReplacedIsPutBack()
    {
        var newest = RunContent.Newest(Run);
        Directory.Move(newest, newest + ".old");
        using var run = TinyRun.Open(Run, Short);
        Assert.Equal(10, run.Trainer.Counters.Updates);
        run.Trainer.Begin();
        Assert.True(Directory.Exists(newest));
    }

    [Fact]
    public void WhereNoCheckpointIsWholeOneLineSaysWhatToDo()
    {
        var checkpoints = Path.Combine(Run, "checkpoints");
        foreach (var path in Directory.GetFiles(checkpoints, "state.json", SearchOption.AllDirectories))
            Damage(path, "cut");
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(Run, Short));
        Assert.Equal($"{checkpoints}: none of 2 checkpoint(s) can be read; put one back, choose another --run, "
            + "or begin this one anew with --restart", error.Message);
        using (var run = TinyRun.Restart(Run, Short))
            run.Trainer.Run();
        Assert.Equal(finished.Content(Short), RunContent.Of(Run));
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(Run, "before-1", "checkpoints")).Length);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("empty")]
    public void ADamagedEpisodeIsSetAsideSaidAndTrainingGoesOn(string damage)
    {
        var victim = Directory.GetFiles(Path.Combine(Run, "episodes"), "000000-*.npz").Single();
        Damage(victim, damage);
        using var run = TinyRun.Open(Run);
        run.Trainer.Run();
        Assert.True(run.Trainer.IsDone);
        Assert.Equal(20, run.Trainer.Counters.Updates);
        Assert.True(File.Exists(victim + ".corrupt"));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(Run, "episodes"), "*.npz").Length);
        Assert.Single(run.Lines, line => line.StartsWith(victim)
            && line.EndsWith($"set aside as {Path.GetFileName(victim)}.corrupt, going on without it"));
    }

    private static void Damage(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        // Three quarters in: past the header of tensors, inside the data of one.
        var place = bytes.Length * 3 / 4;
        bytes[place] ^= 0x10;
        if (how == "gone")
            File.Delete(path);
        else
            File.WriteAllBytes(path, how switch { "cut" => bytes[..place], "empty" => [], _ => bytes });
    }
}
