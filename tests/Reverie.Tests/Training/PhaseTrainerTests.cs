using Reverie.Cli.Dashboard.Runs;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>World Models' phases: their order, and that a run that was interrupted in any of them is the run that was
/// not.</summary>
public sealed class PhaseTrainerTests : IClassFixture<FinishedRuns>, IDisposable
{
    internal static readonly string[] Played =
    [
        "agent=world_models", "training.env_steps=1e6", "vae.updates=6", "vae.latents=4", "vae.batch_size=4",
        "memory.updates=5", "memory.units=8", "memory.mixtures=2", "memory.done=true", "memory.reward=true",
        "controller.generations=3", "controller.population=4", "controller.episodes=2", "controller.evaluate_every=2",
        "environment.count=2",
    ];

    private static readonly string[] Dreamt =
        [.. Played, "controller.train_in=dream", "controller.dream_steps=12", "controller.features=zch"];

    private static readonly string[] Rounds = [.. Dreamt, "controller.rounds=2", "controller.round_episodes=2"];

    private readonly TemporaryDirectory folder = new();
    private readonly FinishedRuns finished;

    public PhaseTrainerTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ThePhasesComeInOrder()
    {
        finished.CopyTo(folder["run"], Played);
        var records = MetricsReader.Read(folder["run"]).Records;
        var kinds = records.Select(record => record.Kind == "update"
            ? record.Values.ContainsKey("loss_image") ? "V" : "M"
            : record.Kind).ToArray();
        Assert.Equal(
        [
            "episode", "episode", .. Enumerable.Repeat("V", 6), .. Enumerable.Repeat("M", 5),
            "generation", "generation", "evaluation", "generation",
        ], kinds);
        Assert.Equal(14, records[^1].Updates);
        Assert.Equal((2 + 3 * 4 * 2) * TinyRun.EpisodeSteps, records[^1].EnvSteps);    // evaluations count nowhere
        Assert.Equal(["loss_latent", "loss_done", "loss_reward"],
            records[^5].Values.Keys.Where(name => name.StartsWith("loss_")));
        Assert.Equal(3, records[^1].Values["generation"]);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder["run"], "episodes")).Length);
        var encoded = EpisodeArchive.Read(Directory.GetFiles(Path.Combine(folder["run"], "encodings"))[0]);
        Assert.Equal((0, 8, 11), (encoded.Layout.ImageSize, encoded.Layout.VectorSize, encoded.Rows));
    }

    /// <summary>Another run's V and M are taken as they are, and dreams begin from its encodings: nothing is left to do but
    /// to search for C.</summary>
    [Fact]
    public void AWorldCanBeTakenOver()
    {
        finished.CopyTo(folder["world"], Dreamt);
        TinyRun.Complete(folder["run"], [.. Dreamt, $"controller.world={folder["world"]}", "seed=2"]);
        var records = MetricsReader.Read(folder["run"]).Records;
        Assert.Equal(["generation", "generation", "evaluation", "generation"], records.Select(record => record.Kind));
        foreach (var part in new[] { "vae", "memory" })
            Assert.Equal(Parameters("world", part), Parameters("run", part));
        Assert.NotEqual(Parameters("world", "controller"), Parameters("run", "controller"));

        byte[] Parameters(string run, string part) => File.ReadAllBytes(Directory.GetFiles(
            Path.Combine(folder[run], "checkpoints"), $"{part}.safetensors", SearchOption.AllDirectories).Order().Last());
    }

    /// <summary>A world that does not fit or is not there is one line.</summary>
    [Fact]
    public void AWorldThatDoesNotFitIsRefused()
    {
        finished.CopyTo(folder["world"], Dreamt);
        var other = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Complete(folder["a"], [.. Dreamt, $"controller.world={folder["world"]}", "memory.units=9"]));
        Assert.StartsWith("controller.world: ", other.Message);
        Assert.Contains("memory.safetensors", other.Message);
        var vae = Directory.GetFiles(folder["world"], "vae.safetensors", SearchOption.AllDirectories).Order().Last();
        var bytes = File.ReadAllBytes(vae);
        bytes[^1] ^= 1;
        File.WriteAllBytes(vae, bytes);
        var flipped = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Complete(folder["c"], [.. Dreamt, $"controller.world={folder["world"]}"]));
        Assert.Contains("vae.safetensors has a wrong checksum", flipped.Message);
        var none = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Complete(folder["b"], [.. Dreamt, $"controller.world={folder["nowhere"]}"]));
        Assert.Contains("has no checkpoint", none.Message);
    }

    /// <summary>Wc's random policy has other weights in every episode; nobody else has a controller for them.</summary>
    [Fact]
    public void RandomWeightsPlayTheFirstEpisodes()
    {
        string[] settings = [.. Played, "exploration.random=cauchy", "training.seed_episodes=3", "controller.generations=1"];
        TinyRun.Complete(folder["run"], settings);
        var actions = Directory.GetFiles(Path.Combine(folder["run"], "episodes")).Order()
            .Select(file => EpisodeArchive.Read(file).Action[1..]).ToArray();
        Assert.Equal(3, actions.Length);
        Assert.NotEqual(actions[0], actions[1]);
        var refused = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Open(folder["planet"], ["exploration.random=cauchy"]));
        Assert.Contains("exploration.random: cauchy", refused.Message);
    }

    /// <summary>In a dream the environment is stepped for the episodes of a round and for evaluations alone.</summary>
    [Fact]
    public void RoundsCollectWithTheController()
    {
        finished.CopyTo(folder["run"], Rounds);
        var records = MetricsReader.Read(folder["run"]).Records;
        Assert.Equal(["episode", "V", "M", "generation", "episode", "M", "generation"], Runs(records.Select(record =>
            record.Kind == "update" ? record.Values.ContainsKey("loss_image") ? "V" : "M" : record.Kind)
            .Where(kind => kind != "evaluation")));
        Assert.Equal(4 * TinyRun.EpisodeSteps, records[^1].EnvSteps);
        Assert.Equal(6 + 2 * (5 + 3), records[^1].Updates);
        Assert.Equal("evaluation", records[^1].Kind);      // of the sixth generation, though no phase is left
        Assert.Equal(6, records[^2].Values["generation"]);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(folder["run"], "encodings")).Length);
    }

    /// <summary>The time of the last generations alone is even, so only they say how long it will be.</summary>
    [Theory]
    [InlineData(false, 14)]
    [InlineData(true, 22)]
    public void TheGoalIsWhatAllPhasesComeTo(bool rounds, long updates)
    {
        finished.CopyTo(folder["run"], rounds ? Rounds : Played);
        var states = Directory.GetDirectories(Path.Combine(folder["run"], "checkpoints"))
            .Order(StringComparer.Ordinal)
            .Select(path => SavedState.Parse(File.ReadAllBytes(Path.Combine(path, "state.json")))).ToArray();
        Assert.Equal(states.Select((_, i) => i == states.Length - 1), states.Select(state => state.Done == true));
        Assert.Equal([new RunGoal(RunGoal.Updates, updates, updates - 3)], states[^1].Goals!);
        Assert.Equal(updates, MetricsReader.Read(folder["run"]).Records[^1].Updates);
    }

    /// <summary>Two episodes and three generations of four candidates, two episodes each, of thirty steps.</summary>
    [Theory]
    [InlineData("1e6", "environment", 1)]
    [InlineData("780", "environment", 1)]
    [InlineData("779", "environment", 2)]
    [InlineData("779", "dream", 1)]
    public void EnvironmentStepsAreAGoalWhereCCouldSpendThem(string envSteps, string trainIn, int goals)
    {
        using var run = TinyRun.Open(folder["run"],
            [.. Played, "training.env_steps=" + envSteps, "controller.train_in=" + trainIn]);
        Assert.Equal(goals, run.Trainer.Goals.Count);
        Assert.All(run.Trainer.Goals, goal => Assert.Null(goal.EvenFrom));
    }

    [Theory]
    [InlineData("played", "V learns")]
    [InlineData("played", "M learns")]
    [InlineData("played", "C is searched")]
    [InlineData("dreamt", "M learns")]
    [InlineData("dreamt", "C is searched")]
    [InlineData("rounds", "round 2 of 2: collecting")]
    [InlineData("rounds", "round 2 of 2: M learns")]
    [InlineData("rounds", "round 2 of 2: C is searched")]
    public void WhatAKillLeavesAtAPhaseIsEnough(string kind, string phase)
    {
        var set = kind switch { "played" => Played, "dreamt" => Dreamt, _ => Rounds };
        var whole = finished.Content(set);
        using (var dying = TinyRun.Open(folder["dying"], set))
        {
            using var stop = new CancellationTokenSource();
            dying.Told = line =>
            {
                if (!line.StartsWith(phase, StringComparison.Ordinal)) return;
                FinishedRuns.Copy(folder["dying"], folder["killed"]);
                stop.Cancel();          // and asked to stop, one piece of work later
            };
            dying.Trainer.Run(stop.Token);
            Assert.False(dying.Trainer.IsDone);
        }
        Assert.True(Directory.Exists(folder["killed"]));
        TinyRun.Complete(folder["killed"], set);
        Assert.Equal(whole, RunContent.Of(folder["killed"]));
        TinyRun.Complete(folder["dying"], set);
        Assert.Equal(whole, RunContent.Of(folder["dying"]));
    }

    [Theory]
    [InlineData(12)]     // inside the first episodes
    [InlineData(90)]     // inside the first generation
    [InlineData(200)]    // inside the second
    [InlineData(280)]    // inside its evaluation
    public void WhatAKillLeavesInsideAnEpisodeIsEnough(int step)
    {
        var whole = finished.Content(Played);
        using var stop = new CancellationTokenSource();
        var copied = 0;
        BarEnvironment.Fault = (n, row) =>
        {
            if (n >= step && Interlocked.Exchange(ref copied, 1) == 0)
            {
                FinishedRuns.Copy(folder["dying"], folder["killed"]);
                stop.Cancel();
            }
            return row;
        };
        using (var dying = TinyRun.Open(folder["dying"], Played)) dying.Trainer.Run(stop.Token);
        BarEnvironment.Register();
        TinyRun.Complete(folder["killed"], Played);
        Assert.Equal(whole, RunContent.Of(folder["killed"]));
    }

    /// <summary>A search of one round goes on where more generations are asked for; with later rounds it would be another run.
    /// </summary>
    [Fact]
    public void ASearchGoesOnWithMoreGenerations()
    {
        TinyRun.Complete(folder["run"], [.. Played, "controller.generations=2"]);
        TinyRun.Complete(folder["run"], Played);
        Assert.Equal(finished.Content(Played), RunContent.Of(folder["run"]));
        finished.CopyTo(folder["rounds"], Rounds);
        Assert.Contains("was started with controller.generations = 3 (asked: 4)", Assert.ThrowsAny<ReverieException>(
            () => TinyRun.Complete(folder["rounds"], [.. Rounds, "controller.generations=4"])).Message);
    }

    [Fact]
    public void EncodingsThatAreGoneAreMadeAgain()
    {
        finished.CopyTo(folder["run"], Dreamt);
        var encodings = Directory.GetFiles(Path.Combine(folder["run"], "encodings"));
        var before = Array.ConvertAll(encodings, File.ReadAllBytes);
        Array.ForEach(encodings, File.Delete);
        // Back to a checkpoint before the end, with the encodings lost.
        Directory.Delete(RunContent.Newest(folder["run"]), recursive: true);
        TinyRun.Complete(folder["run"], Dreamt);
        Assert.Equal(before, Array.ConvertAll(encodings, File.ReadAllBytes));
        Assert.Equal(finished.Content(Dreamt), RunContent.Of(folder["run"]));
    }

    /// <summary>None share their episodes, or the second half plays those of the first, or all play the same.</summary>
    [Theory]
    [InlineData("all", 1)]
    [InlineData("half", 2)]
    [InlineData("none", 4)]
    public void CandidatesShareTheirEpisodes(string same, int different)
    {
        string[] one = [.. Played, "controller.episodes=1", "controller.generations=1", "environment.count=1",
            "controller.step_size=1e-6", "controller.sample_latent=false", "controller.evaluate_every=0",
            "controller.same_episodes=" + same];
        using var run = TinyRun.Open(folder["run"], one);
        run.Trainer.Run();
        // With steps of 1e-6 all candidates do the same, so that equal starts have equal returns.
        var record = MetricsReader.Read(folder["run"]).Records[^1];
        Assert.Equal("generation", record.Kind);
        var spread = record.Values["return_max"] - record.Values["return_min"];
        Assert.Equal(different == 1, spread < 1e-3);
        var mean = (record.Values["return_max"] + record.Values["return_min"]) / 2;
        Assert.Equal(different <= 2, Math.Abs(record.Values["return"] - mean) < 1e-3);
    }

    private static string[] Runs(IEnumerable<string> kinds) =>
        [.. kinds.Aggregate(new List<string>(), (list, kind) =>
        {
            if (list.Count == 0 || list[^1] != kind) list.Add(kind);
            return list;
        })];
}
