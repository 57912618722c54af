using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>A run that learns while episodes go on and was interrupted anywhere is, bit for bit, the run that was not.
/// </summary>
public sealed class StepResumeTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    // The n-th step of any environment in the life of a process; evaluations count.
    private Action<int> stepped = _ => { };
    private int steps;

    public StepResumeTests() => Register();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3)]       // nothing is saved yet
    [InlineData(60)]
    [InlineData(97)]
    [InlineData(140)]
    [InlineData(171)]
    [InlineData(230)]
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
        using (var dying = StepRun.Open(folder["dying"])) dying.Trainer.Run(stop.Token);
        Begin();
        StepRun.Complete(folder["parts"]);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData("environment.count=1", 1, 20, 75)]
    [InlineData("environment.count=3", 2, 33, 99)]
    [InlineData("environment.count=4", 50, 51, 120)]
    [InlineData("replay.capacity=42", 80, 130, 131)]
    [InlineData("replay.online=false", 64, 110, 140)]
    [InlineData("training.train_ratio=3.3", 64, 90, 141)]
    [InlineData("training.log_every=1000", 64, 90, 141)]
    public void AskedToStopAgainAndAgainItSavesInsideEpisodesAndGoesOnAlike(string set, params int[] stops)
    {
        var whole = Whole(set);
        foreach (var step in stops)
        {
            using var stop = new CancellationTokenSource();
            using var run = StepRun.Open(folder["parts"], set);
            // Steps that bring environments back are none of the run's own.
            Begin(_ =>
            {
                if (run.Trainer.Counters.EnvSteps >= step) stop.Cancel();
            });
            run.Trainer.Run(stop.Token);
            Assert.False(run.Trainer.IsDone);
        }
        Begin();
        StepRun.Complete(folder["parts"], set);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(61)]
    [InlineData(100)]
    public void MoreEnvironmentStepsGoOnWithTheEpisodesThatWereUnderWay(int first)
    {
        var whole = Whole();
        StepRun.Complete(folder["parts"], $"training.env_steps={first}");
        Begin();
        Assert.DoesNotContain(StepRun.Complete(folder["parts"]), line => line.Contains("cut"));
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void CrashesComeAgainAlike()
    {
        // A place that some episodes come by, whoever plays them.
        LineEnvironment.Register(random => 3 + random.NextInt(30), step => step == 9
            ? throw new InvalidOperationException("an unlucky place") : 1);
        string[] set = ["environment.count=2", "training.env_steps=40", "training.evaluate_every=0"];
        Assert.Contains(StepRun.Complete(folder["whole"], set), line => line.Contains("an unlucky place"));
        StepRun.Complete(folder["parts"], [.. set, "training.env_steps=25"]);
        StepRun.Complete(folder["parts"], set);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData("compute.precision=fp32")]
    [InlineData("compute.precision=bf16")]
    public void DreamerV3GoesOnAlike(string precision)
    {
        Complete("whole", 60);
        Begin();
        Complete("parts", 29);
        Complete("parts", 45);
        Complete("parts", 60);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
        Assert.True(long.Parse(Path.GetFileName(RunContent.Newest(folder["parts"]))) > 5);

        void Complete(string run, int envSteps)
        {
            string[] set =
            [
                "task=" + LineEnvironment.Task, "model.encoder=vector", "environment.count=2", "environment.action_repeat=1",
                "replay.chunk_length=6", "replay.batch_size=3", "imagination.horizon=3", "training.train_ratio=5",
                "training.evaluate_every=4", "training.checkpoint_every=3", "compute.device=cpu", "compute.threads=1",
                "environment.threads=1", $"training.env_steps={envSteps}", precision,
            ];
            using var training = TrainingRun.Open(folder[run], ConfigReader.Resolve(new ConfigSources
            {
                Presets = Presets.Stack("dreamerv3,tiny,debug"), Overrides = [.. set.Select(ConfigOverride.Parse)],
            }));
            Assert.True(training.Train(_ => { }));
        }
    }

    /// <summary>Both kinds of replay, decisions at random first, targets that move in between, two deviations of noise.</summary>
    [Theory]
    [InlineData("replay.priority=0")]
    [InlineData("replay.priority=0.6")]
    public void D4pgGoesOnAlike(string priority)
    {
        Complete("whole", 110);
        Begin();
        foreach (var envSteps in new[] { 9, 29, 60, 61, 110 }) Complete("parts", envSteps);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
        Assert.True(long.Parse(Path.GetFileName(RunContent.Newest(folder["parts"]))) > 20);

        void Complete(string run, int envSteps)
        {
            string[] set =
            [
                "task=" + LineEnvironment.Task, "model.encoder=vector", "environment.count=2", "environment.time_limit=0",
                "training.train_ratio=6", "training.random_decisions=21", "critic.slow_every=3", "exploration.least_noise=0.1",
                "training.evaluate_every=4", "training.checkpoint_every=5", "compute.device=cpu", "compute.threads=1",
                "environment.threads=1", "replay.capacity=60", $"training.env_steps={envSteps}", priority,
            ];
            using var training = TrainingRun.Open(folder[run], ConfigReader.Resolve(new ConfigSources
            {
                Presets = Presets.Stack("d4pg,tiny,debug"), Overrides = [.. set.Select(ConfigOverride.Parse)],
            }));
            Assert.True(training.Train(_ => { }));
        }
    }

    [Fact]
    public void CurlGoesOnAlike()
    {
        BarEnvironment.Register();
        Complete("whole", 150);
        foreach (var envSteps in new[] { 21, 90, 99, 150 }) Complete("parts", envSteps);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
        Assert.True(long.Parse(Path.GetFileName(RunContent.Newest(folder["parts"]))) > 10);

        void Complete(string run, int envSteps)
        {
            string[] set =
            [
                "task=" + BarEnvironment.Task, "environment.time_limit=7", "training.random_decisions=10",
                "training.evaluate_every=9", "training.checkpoint_every=5", "compute.device=cpu", "compute.threads=1",
                "environment.threads=1", $"training.env_steps={envSteps}",
            ];
            using var training = TrainingRun.Open(folder[run], ConfigReader.Resolve(new ConfigSources
            {
                Presets = Presets.Stack("curl,tiny,debug"), Overrides = [.. set.Select(ConfigOverride.Parse)],
            }));
            Assert.True(training.Train(_ => { }));
        }
    }

    [Theory]
    [InlineData("differs", "the row came out otherwise than before")]
    [InlineData("crashes", "it crashed: environment test_line threw InvalidOperationException at step 4: it will not")]
    public void AnEpisodeThatCannotBeBroughtBackIsCutAndSaid(string how, string told)
    {
        string[] set = ["environment.count=2", "training.evaluate_every=0"];
        var (again, calls) = (false, 0);
        LineEnvironment.Register(_ => 40, step => !again || ++calls != 7 ? 1
            : how == "differs" ? 2 : throw new InvalidOperationException("it will not"));
        StepRun.Complete(folder["run"], [.. set, "training.env_steps=60"]);
        var episodes = new EpisodeStore(Path.Combine(folder["run"], "episodes"));
        Assert.Equal(0, episodes.Episodes);
        again = true;
        var line = Assert.Single(StepRun.Complete(folder["run"], set), line => line.Contains("cannot be brought back"));
        Assert.Equal($"environment 1 of 2 cannot be brought back to where it was (at decision 4: {told}); its episode of 31 "
            + "rows is cut, and another begins", line);
        var cut = EpisodeArchive.Read(Directory.GetFiles(Path.Combine(folder["run"], "episodes"), "000000-*").Single());
        Assert.Equal((31, true, false), (cut.Rows, cut.IsLast[^1], cut.IsTerminal[^1]));
        Assert.Contains("\"done\":true", RunContent.Of(folder["run"])["state.json"]);
    }

    [Theory]
    [InlineData("latents.bin")]
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
        var lines = StepRun.Complete(folder["run"]);
        Assert.Contains(lines, line => line.Contains($"damaged ({name} has a wrong checksum); going back to the checkpoint"));
        Assert.Equal(whole, RunContent.Of(folder["run"]));
        File.WriteAllBytes(Path.Combine(RunContent.Newest(folder["run"]), name), bytes[1..]);
        Begin();
        lines = StepRun.Complete(folder["run"]);
        Assert.Contains(lines, line => line.Contains($"damaged ({name} has {bytes.Length - 1} bytes"));
    }

    [Fact]
    public void ACheckpointWithoutItsStepsIsDamaged()
    {
        Whole();
        var path = Path.Combine(RunContent.Newest(folder["whole"]), "state.json");
        var state = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        state.Remove("crc32");
        state.Remove("steps");
        File.WriteAllText(path, state.ToJsonString());
        using var run = StepRun.Open(folder["whole"]);
        Assert.Contains(run.Lines, line => line.Contains("damaged (state.json says nothing of steps)"));
    }

    [Fact]
    public void AnEpisodeThatIsGoneIsGoneOnWithout()
    {
        Whole();
        var victim = Directory.GetFiles(Path.Combine(folder["whole"], "episodes")).Order().ElementAt(1);
        File.Delete(victim);
        Begin();
        var lines = StepRun.Complete(folder["whole"], "training.env_steps=200");
        Assert.Contains(lines, line => line.StartsWith(victim) && line.EndsWith("going on without"));
        Assert.Contains("\"done\":true", RunContent.Of(folder["whole"])["state.json"]);
    }

    private SortedDictionary<string, string> Whole(params string[] set)
    {
        StepRun.Complete(folder["whole"], set);
        Begin();
        return RunContent.Of(folder["whole"]);
    }

    private void Begin(Action<int>? step = null)
    {
        (stepped, steps) = (step ?? (_ => { }), 0);
        Register();
    }

    private void Register() => LineEnvironment.Register(random => 3 + random.NextInt(30), _ =>
    {
        stepped(++steps);
        return 1;
    });
}
