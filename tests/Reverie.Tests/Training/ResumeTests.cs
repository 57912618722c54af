using Reverie.Logging;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>A run that was interrupted anywhere is, bit for bit, the run that was not.</summary>
public sealed class ResumeTests : IClassFixture<FinishedRuns>, IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private readonly FinishedRuns finished;

    public ResumeTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TwentyUpdatesAreTenAndTenWithNewObjectsBetween()
    {
        TinyRun.Complete(folder["parts"], "training.env_steps=90");
        Assert.Equal("000000010", Path.GetFileName(RunContent.Newest(folder["parts"])));
        var lines = TinyRun.Complete(folder["parts"]);
        Assert.Contains("going on from 90 environment steps, 10 updates, 3 episodes", lines);
        var whole = finished.Content();
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
        Assert.Equal("000000020", whole["checkpoint"]);
        Assert.Equal(5, whole.Keys.Count(name => name.EndsWith(".npz")));
        Assert.Equal(4, whole.Values.Count(text => text.StartsWith("{\"kind\":\"evaluation\"")));
        Assert.Contains("model.safetensors", whole.Keys);
        Assert.Contains("optimizer.safetensors", whole.Keys);
    }

    [Theory]
    [InlineData("reconstruction")]
    [InlineData("contrastive")]
    public void ThreeOptimizersGoOnAlike(string representation)
    {
        string[] dreamer =
        [
            "agent=dreamer", "actor.units=16", "critic.units=16", "imagination.horizon=3", "model.continue=true",
            "model.continue_units=16", "loss.contrastive.units=16", "loss.representation=" + representation,
        ];
        TinyRun.Complete(folder["whole"], dreamer);
        TinyRun.Complete(folder["parts"], [.. dreamer, "training.env_steps=90"]);
        TinyRun.Complete(folder["parts"], dreamer);
        AssertSame("whole", "parts");
        var files = RunContent.Of(folder["parts"]).Keys;
        Assert.Equal(["actor", "critic", "model", "optimizer", .. representation == "contrastive" ? ["representation"] : (string[])[]],
            files.Where(name => name.EndsWith(".safetensors")).Select(name => Path.GetFileNameWithoutExtension(name)));
    }

    [Fact]
    public void TheSlowCriticGoesOnAlike()
    {
        string[] second =
        [
            "agent=dreamerv2", "model.dynamics=discrete_rssm", "model.classes=4", "model.gru=norm", "actor.units=16",
            "actor.distribution=trunc_normal", "critic.units=16", "critic.slow_every=7", "imagination.horizon=3",
            "optimizer.weight_decay=1e-3",
        ];
        TinyRun.Complete(folder["whole"], second);
        TinyRun.Complete(folder["parts"], [.. second, "training.env_steps=90"]);
        TinyRun.Complete(folder["parts"], second);
        AssertSame("whole", "parts");
        Assert.Contains("slow_critic.safetensors", RunContent.Of(folder["parts"]).Keys.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(7)]      // inside the first seed episode: no checkpoint yet
    [InlineData(75)]     // inside the first evaluation
    [InlineData(100)]    // inside the first episode that the agent collects
    [InlineData(225)]    // inside the last
    public void WhatAKillLeavesOnTheDiskIsEnough(int step)
    {
        string[] averages = ["training.log_every=3"];
        var whole = finished.Content(averages);
        using var stop = new CancellationTokenSource();
        BarEnvironment.Fault = (n, row) =>
        {
            if (n == step)
            {
                FinishedRuns.Copy(folder["dying"], folder["parts"]);
                stop.Cancel();
            }
            return row;
        };
        using (var dying = TinyRun.Open(folder["dying"], averages))
            dying.Trainer.Run(stop.Token);
        BarEnvironment.Register();
        TinyRun.Complete(folder["parts"], averages);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(98)]
    public void AskedToStopItSavesAndGoesOnAlike(int step)
    {
        string[] averages = ["training.log_every=3"];
        var whole = finished.Content(averages);
        using (var stop = new CancellationTokenSource())
        using (var run = TinyRun.Open(folder["parts"], averages))
        {
            BarEnvironment.Fault = (n, row) =>
            {
                if (n == step) stop.Cancel();
                return row;
            };
            run.Trainer.Run(stop.Token);
            Assert.False(run.Trainer.IsDone);
            Assert.Equal(["stopped inside an episode; it will be played again"], run.Lines.Skip(1));
        }
        BarEnvironment.Register();
        TinyRun.Complete(folder["parts"], averages);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void ACheckpointInsideAnAverageDoesNotChangeTheLog()
    {
        TinyRun.Complete(folder["many"], "training.log_every=7", "training.checkpoint_every=1");
        TinyRun.Complete(folder["few"], "training.log_every=7", "training.checkpoint_every=100");
        Assert.Equal(Log("few"), Log("many"));
        Assert.Equal(2, Log("few").Count(text => text.StartsWith("{\"kind\":\"update\"")));
    }

    [Fact]
    public void SeveralEnvironmentsGoOnAlike()
    {
        string[] two = ["environment.count=2", "training.env_steps=180"];
        TinyRun.Complete(folder["whole"], two);
        TinyRun.Complete(folder["parts"], [.. two, "training.env_steps=120"]);
        TinyRun.Complete(folder["parts"], two);
        AssertSame("whole", "parts");
    }

    [Theory]
    [InlineData("environment.count=1")]
    [InlineData("environment.count=2")]
    public void CrashesComeAgainAlike(string count)
    {
        // One step in three hundred or so, as the episode has it.
        BarEnvironment.Fault = (_, row) => BitConverter.SingleToInt32Bits((float)row.Reward) % 307 == 7
            ? throw new InvalidOperationException("an unlucky place")
            : row;
        Complete("whole", count, "training.env_steps=600");
        Complete("parts", count, "training.env_steps=300", "environment.threads=1");
        Complete("parts", count, "training.env_steps=600");
        AssertSame("whole", "parts");
        var lines = MetricsReader.Read(folder["whole"]).Records.Where(record => record.Kind != "update").ToArray();
        Assert.Contains(lines, line => line.Kind == "episode" && line.Values["restarts"] > 0);
        var restarts = lines.Sum(line => line.Values["restarts"]);
        Assert.Contains($"\"restarts\":{restarts}", RunContent.Of(folder["whole"])["state.json"]);

        // Actions without arithmetic of the processor's own, which would move the crashes.
        void Complete(string run, params string[] set)
        {
            using var part = TinyRun.Open(folder[run], layout => new ScriptedAgent(layout.ActionSize), set);
            part.Trainer.Run();
        }
    }

    [Fact]
    public void AVectorGoesOnAlike()
    {
        RailEnvironment.Register();
        string[] vector = ["task=" + RailEnvironment.Task, "model.encoder=vector", "training.env_steps=50"];
        TinyRun.Complete(folder["whole"], vector);
        TinyRun.Complete(folder["parts"], [.. vector, "training.env_steps=30"]);
        TinyRun.Complete(folder["parts"], vector);
        AssertSame("whole", "parts");
        Assert.Contains(Log("whole"), line => line.Contains("loss_vector", StringComparison.Ordinal));
        Assert.DoesNotContain(Log("whole"), line => line.Contains("loss_image", StringComparison.Ordinal));
    }

    [Fact]
    public void TheSeedDecidesEverything()
    {
        TinyRun.Complete(folder["one"], "training.env_steps=90");
        TinyRun.Complete(folder["again"], "training.env_steps=90");
        AssertSame("one", "again");
        TinyRun.Complete(folder["other"], "training.env_steps=90", "seed=2");
        var (one, other) = (RunContent.Of(folder["one"]), RunContent.Of(folder["other"]));
        Assert.NotEqual(one["model.safetensors"], other["model.safetensors"]);
        Assert.Empty(Episodes(one).Intersect(Episodes(other)));
        Assert.Empty(Log("one").Intersect(Log("other")));
    }

    private static IEnumerable<string> Episodes(SortedDictionary<string, string> content) =>
        content.Where(each => each.Key.EndsWith(".npz")).Select(each => each.Value);

    private string[] Log(string run) =>
        [.. RunContent.Of(folder[run]).Where(each => each.Key.StartsWith("metrics")).Select(each => each.Value)];

    private void AssertSame(string one, string other) =>
        Assert.Equal(RunContent.Of(folder[one]), RunContent.Of(folder[other]));
}
