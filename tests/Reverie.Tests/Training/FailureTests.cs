using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.IO;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

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
            var error = Assert.ThrowsAny<ReverieException>(() => run.Trainer.Run());
            Assert.StartsWith($"the loss 'kl' is {(float.IsNaN(bad) ? "NaN" : "Infinity")} at update 10, where rewards go "
                + "from ", error.Message);
            Assert.Contains(".npz, the checkpoint of update 8 is untouched; begin a new run with a smaller "
                + "optimizer.learning_rate", error.Message);
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
    [InlineData("planet")]
    [InlineData("dreamer")]
    public void RewardsAtTheLimitAreLearnedFromAndBeyondItAreRefusedWhereTheyEnter(string agent)
    {
        string[] set =
        [
            "agent=" + agent, "task=" + LineEnvironment.Task, "model.encoder=vector", "training.env_steps=30",
            "actor.units=16", "critic.units=16", "imagination.horizon=3", "training.evaluate_every=0",
        ];
        LineEnvironment.Register(_ => 10, step => step == 5 ? 1e12 : 1);
        TinyRun.Complete(folder["limit"], set);
        LineEnvironment.Register(_ => 10, step => step == 5 ? 1e30 : 1);
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(Run, set));
        Assert.Contains($"environment {LineEnvironment.Task} is broken at step 5: its reward is 1E+30, beyond ±1",
            error.Message);
    }

    [Fact]
    public void AnActionThatIsNotFiniteIsTheAgentsFault()
    {
        using var run = TinyRun.Open(Run, layout => new BrokenAgent(layout.ActionSize));
        var error = Assert.ThrowsAny<ReverieException>(() => run.Trainer.Run());
        Assert.StartsWith("the agent's action at decision 3 is NaN: ", error.Message);
        Assert.DoesNotContain(run.Lines, line => line.Contains("crashed"));
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
            var error = Assert.ThrowsAny<ReverieException>(() => run.Trainer.Run());
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
            var error = Assert.ThrowsAny<ReverieException>(() => run.Trainer.Run());
            Assert.Equal($"{Path.Combine(Run, "episodes", name)}: the disk is full; nothing was written; "
                + "free some space and run again", error.Message);
            Assert.False(File.Exists(partial));
        }
        Assert.Equal("000000005", Path.GetFileName(RunContent.Newest(Run)));
        TinyRun.Complete(Run);
        Assert.Equal(whole, RunContent.Of(Run));
    }

    /// <summary>Acts soundly in seed episodes, which another plays, and twice more.</summary>
    private sealed class BrokenAgent(int actionSize) : IAgent
    {
        private readonly ScriptedAgent sound = new(actionSize);
        private int acts;

        public Device Device => sound.Device;

        public IReadOnlyDictionary<string, Module> Modules => sound.Modules;

        public IReadOnlyDictionary<string, Optimizer> Optimizers => sound.Optimizers;

        public AgentState Begin(int count, ulong seed) => sound.Begin(count, seed);

        public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode) =>
            mode == ActMode.Collect && ++acts == 3 ? [float.NaN] : sound.Act(observations, state, mode);

        public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) => sound.Update(batch, seed);

        public void Dispose() => sound.Dispose();
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
