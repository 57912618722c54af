using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Training;

/// <summary>What goes wrong while a run works: one line, and what was learned is kept.</summary>
public sealed class FailureTests : IClassFixture<FinishedRuns>, IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private readonly SortedDictionary<string, string> whole;

    public FailureTests(FinishedRuns finished)
    {
        whole = finished.Content();
        BarEnvironment.Register();
    }

    private string Run => folder["run"];

    public void Dispose()
    {
        BarEnvironment.Register();
        folder.Dispose();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ALossThatIsNotFiniteStopsTheRunByItsName(float bad)
    {
        Dictionary<string, float> Losses(int update) => new()
        {
            ["loss"] = update < 10 ? 1 : bad, ["loss_image"] = 2, ["loss_kl"] = update < 10 ? 3 : bad,
        };
        using (var run = TinyRun.Open(Run, _ => new ScriptedAgent(1, Losses), "training.log_every=100"))
        {
            var error = Assert.Throws<ReverieException>(() => run.Trainer.Run());
            Assert.StartsWith("the loss 'kl' is not finite at update 10; the batch is kept in ", error.Message);
            Assert.DoesNotContain('\n', error.Message);
            Assert.Contains(Path.Combine(Run, "failure", "batch-000000010.npz"), error.Message);
        }
        Assert.Equal("000000008", Path.GetFileName(RunContent.Newest(Run)));
        AssertBatch(10);
        using var healthy = TinyRun.Open(Run, layout => new ScriptedAgent(layout.ActionSize));
        Assert.Equal(8, healthy.Trainer.Counters.Updates);
        healthy.Trainer.Run();
        Assert.True(healthy.Trainer.IsDone);
    }

    [Theory]
    [InlineData("reward", "is broken at step 4: its reward is NaN")]
    [InlineData("shape", "is broken at step 4: its image has 7 bytes where 12288 are due")]
    [InlineData("throw", "threw InvalidOperationException at step 4: the simulator exploded in two lines")]
    public void AnEnvironmentThatCrashesAgainAndAgainIsOneLineAndWhatWasLearnedIsSaved(string fault, string line)
    {
        // In the third episode, that is in the first which the agent collects, and in all that take its place.
        var steps = 0;
        BarEnvironment.Fault = (_, row) => (++steps, fault) switch
        {
            ( < 102, _) => row,
            (_, "reward") => row with { Reward = double.NaN },
            (_, "shape") => row with { Image = new byte[7] },
            _ => throw new InvalidOperationException("the simulator exploded\nin two lines"),
        };
        using (var run = TinyRun.Open(Run))
        {
            var error = Assert.Throws<ReverieException>(() => run.Trainer.Run());
            Assert.StartsWith("environment 1 of 1 crashed 3 times without finishing an episode, at last at decision 1: "
                + $"environment test_bar {line.Replace("step 4", "step 1")}", error.Message);
            Assert.StartsWith("environment 1 of 1 crashed at decision 4; it is made anew and plays another episode: "
                + $"environment test_bar {line}", run.Lines[^2]);
            Assert.DoesNotContain('\n', error.Message);
        }
        Assert.Equal("000000005", Path.GetFileName(RunContent.Newest(Run)));

        BarEnvironment.Register();
        Assert.Contains("going on from 60 environment steps, 5 updates, 2 episodes", TinyRun.Complete(Run));
        Assert.Equal(whole, RunContent.Of(Run));
    }

    [Fact]
    public void AFullDiskUnderAnEpisodeIsOneLineAndWhatWasLearnedIsSaved()
    {
        var name = whole.Keys.Single(key => key.StartsWith("000002-"));
        using (var run = TinyRun.Open(Run))
        {
            // What the episode is written to first: a device that has no space left, ever.
            var partial = Path.Combine(Run, "episodes", name + AtomicFile.PartialSuffix);
            Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
            File.CreateSymbolicLink(partial, "/dev/full");
            var error = Assert.Throws<ReverieException>(() => run.Trainer.Run());
            Assert.Equal($"{Path.Combine(Run, "episodes", name)}: the disk is full; nothing was written; "
                + "free some space and run again", error.Message);
            Assert.False(File.Exists(partial));
        }
        Assert.Equal("000000005", Path.GetFileName(RunContent.Newest(Run)));
        TinyRun.Complete(Run);
        Assert.Equal(whole, RunContent.Of(Run));
    }

    private void AssertBatch(long update)
    {
        var arrays = Npz.Read(Path.Combine(Run, "failure", $"batch-{update:D9}.npz"));
        Assert.Equal(["action", "image", "is_first", "is_last", "is_terminal", "reward"], arrays.Keys.Order());
        Assert.Equal([6, 2, 64, 64, 3], arrays["image"].Shape);
        Assert.Equal([6, 2, 1], arrays["action"].Shape);
        Assert.Contains(arrays["image"].As<byte>(), value => value == 255);
    }
}
