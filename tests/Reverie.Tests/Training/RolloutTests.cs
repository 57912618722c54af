using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>Rollouts of environments that each go on by themselves: what is learned from, when, and that a run which was
/// interrupted anywhere is, bit for bit, the one that was not.</summary>
public sealed class RolloutTests : IDisposable
{
    private const int Steps = 4, Workers = 3;
    private readonly TemporaryDirectory folder = new();
    private Action<int> stepped = _ => { };
    private int steps;

    public RolloutTests() => Begin();

    public void Dispose() => folder.Dispose();

    /// <summary>The environment moves by the action and counts, so that every row says what came before it.</summary>
    [Fact]
    public void RowsFollowFromTheActionsThatLedToThemFromRolloutToRollout()
    {
        using var run = Open("run");
        var agent = ((Forgetful)run.Agent).Inner;
        var (last, batches, ends, resets) = (new float[Workers][], 0, 0, 0);
        agent.Shown = batch =>
        {
            Assert.Equal((Steps + 1, Workers), (batch.L, batch.B));
            for (var n = 0; n < Workers; n++)
            {
                float[] Row(int k) => batch.Vector.AsSpan((k * Workers + n) * 2, 2).ToArray();
                if (batches > 0 && !batch.IsFirst[n]) Assert.Equal(last[n], Row(0));
                for (var k = 1; k <= Steps; k++)
                {
                    var at = k * Workers + n;
                    var (before, now) = (Row(k - 1), Row(k));
                    Assert.Equal(batch.IsFirst[at], now[1] == 0);
                    Assert.Equal(batch.IsTerminal[at], batch.IsLast[at]);
                    if (batch.IsFirst[at])
                    {
                        Assert.True(k == 1 || batch.IsLast[at - Workers]);
                        Assert.Equal((0f, 0f), (batch.Action[at], batch.Reward[at]));
                        resets++;
                        continue;
                    }
                    Assert.False(batch.IsLast[at - Workers]);
                    Assert.Equal(before[0] + batch.Action[at], now[0]);
                    Assert.Equal(before[1] + 0.1f, now[1], 1e-5f);
                    Assert.Equal(1, batch.Reward[at]);
                    ends += batch.IsLast[at] ? 1 : 0;
                }
                last[n] = Row(Steps);
            }
            batches++;
        };
        run.Trainer.Run();
        Assert.Equal(batches, run.Trainer.Counters.Updates);
        Assert.Equal(ends, run.Trainer.Counters.Episodes);
        Assert.InRange(resets, ends, Workers + ends);
        // Each act is with the parameters that the update before it left: four acts, then an update, and evaluations between.
        Assert.Matches("^(CCCCUE*)+$", agent.Calls);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(83)]
    [InlineData(137)]
    public void WhatAKillLeavesOnTheDiskIsEnough(int step)
    {
        var whole = Whole();
        using var stop = new CancellationTokenSource();
        Begin(n =>
        {
            if (n != step) return;
            FinishedRuns.Copy(folder["dying"], folder["parts"]);
            stop.Cancel();
        });
        using (var dying = Open("dying")) dying.Trainer.Run(stop.Token);
        Begin();
        Complete("parts");
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData("environment.count=3", 20, 33, 99)]
    [InlineData("environment.count=1", 5, 50)]
    [InlineData("training.rollout=1", 20, 77)]
    public void AskedToStopAgainAndAgainItGoesOnAlike(string set, params int[] stops)
    {
        var whole = Whole(set);
        foreach (var step in stops)
        {
            using var stop = new CancellationTokenSource();
            using var run = Open("parts", set);
            Begin(_ =>
            {
                if (run.Trainer.Counters.EnvSteps >= step) stop.Cancel();
            });
            run.Trainer.Run(stop.Token);
            Assert.False(run.Trainer.IsDone);
        }
        Begin();
        Complete("parts", set);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void CrashesComeAgainAlike()
    {
        LineEnvironment.Register(random => 3 + random.NextInt(30), step => step == 9
            ? throw new InvalidOperationException("an unlucky place") : 1);
        string[] set = ["environment.count=2", "training.evaluate_every=0"];
        Assert.Contains(Complete("whole", [.. set, "training.env_steps=40"]), line => line.Contains("an unlucky place"));
        Complete("parts", [.. set, "training.env_steps=25"]);
        Complete("parts", [.. set, "training.env_steps=40"]);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData("acting.npz")]
    [InlineData("under-way-001.npz")]
    public void AFlippedBitBesideTheStateIsSaidAndTheCheckpointBeforeItTaken(string name)
    {
        var whole = Whole();
        FinishedRuns.Copy(folder["whole"], folder["run"]);
        var file = Path.Combine(RunContent.Newest(folder["run"]), name);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        Begin();
        Assert.Contains(Complete("run"),
            line => line.Contains($"damaged ({name} has a wrong checksum); going back to the checkpoint"));
        Assert.Equal(whole, RunContent.Of(folder["run"]));
    }

    /// <summary>Parameters, the optimizer's mean squares and what the LSTM remembers.</summary>
    [Theory]
    [InlineData("model.lstm=0")]
    [InlineData("model.lstm=5")]
    public void A3cGoesOnAlike(string lstm)
    {
        Train("whole", 120);
        Begin();
        Train("parts", 31);
        Train("parts", 70);
        Train("parts", 120);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));

        void Train(string name, int envSteps)
        {
            using var run = TrainingRun.Open(folder[name], Resolve(
                "task=" + LineEnvironment.Task, "model.encoder=vector", "environment.count=2", "training.rollout=4",
                "training.evaluate_every=4", "training.checkpoint_every=3", "environment.time_limit=0", "optimizer.anneal=false",
                $"training.env_steps={envSteps}", lstm));
            Assert.True(run.Train(_ => { }));
        }
    }

    /// <summary>One ball: the choice pays seven rows later. A player at random catches one of eight, −0.75.</summary>
    [Fact]
    public void ABallIsCaughtSevenRowsAfterTheChoice()
    {
        EnvironmentRegistry.Register(new TaskInfo
        {
            Task = "test_one_ball", Domain = "test", ObservationSpace = BoxSpace.Uniform(4, -1, 1),
            ActionSpace = CatchGame.Choices,
        }, (_, seed) => new CatchGame(1, seed));
        using var run = TrainingRun.Open(folder["ball"], Resolve("task=test_one_ball", "model.encoder=vector",
            "environment.time_limit=0", "environment.count=16", "training.rollout=8", "training.env_steps=60000",
            "training.evaluate_every=0", "training.checkpoint_every=1000", "optimizer.learning_rate=0.03", "actor.entropy=0.01"));
        Assert.True(run.Train(_ => { }));
        Assert.True(run.Evaluate(100, 1).Mean > 0.5, $"{run.Evaluate(100, 1).Mean}");
    }

    private static ResolvedConfig Resolve(params string[] set) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack("a3c,tiny,debug"),
        Overrides =
        [
            .. set.Concat(["compute.device=cpu", "compute.threads=1", "compute.precision=fp32", "environment.threads=1"])
                .Select(ConfigOverride.Parse),
        ],
    });

    private TinyRun Open(string name, params string[] set) => TinyRun.Open(folder[name],
        layout => new Forgetful(new(layout)),
        [
            "task=" + LineEnvironment.Task, "agent=a3c", "actor.distribution=trunc_normal", "model.encoder=vector",
            "environment.time_limit=0", $"environment.count={Workers}", "environment.threads=1", $"training.rollout={Steps}",
            "training.env_steps=150", "training.evaluate_every=5", "training.checkpoint_every=4", "training.log_every=3", .. set,
        ]);

    private List<string> Complete(string name, params string[] set)
    {
        using var run = Open(name, set);
        run.Trainer.Run();
        return run.Lines;
    }

    private SortedDictionary<string, string> Whole(params string[] set)
    {
        Complete("whole", set);
        Begin();
        return RunContent.Of(folder["whole"]);
    }

    // It keeps nothing of rows, only what it remembers between two acts.
    private sealed class Forgetful(RememberingAgent inner) : IActingMemory
    {
        public RememberingAgent Inner => inner;

        public Device Device => inner.Device;

        public IReadOnlyDictionary<string, Module> Modules => inner.Modules;

        public IReadOnlyDictionary<string, Optimizer> Optimizers => inner.Optimizers;

        public LatentRows LatentRows => LatentRows.None;

        public LatentRows MemoryRows => inner.LatentRows;

        public AgentState Begin(int count, ulong seed) => inner.Begin(count, seed);

        public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode) =>
            inner.Act(observations, state, mode);

        public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed) => inner.Update(batch, seed);

        public LatentChunk Read(AgentState state) => inner.Read(state);

        public void Restore(AgentState state, LatentChunk rows, float[] actions) => inner.Restore(state, rows, actions);

        public void Dispose() => inner.Dispose();
    }

    private void Begin(Action<int>? step = null)
    {
        (stepped, steps) = (step ?? (_ => { }), 0);
        LineEnvironment.Register(random => 3 + random.NextInt(30), _ =>
        {
            stepped(++steps);
            return 1;
        });
    }
}
