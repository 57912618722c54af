using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

public sealed class StepTrainerTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public StepTrainerTests() => LineEnvironment.Register(random => 3 + random.NextInt(30));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, 24)]
    [InlineData(1, 10)]
    [InlineData(1, 0.7)]
    [InlineData(2, 24)]
    [InlineData(3, 7)]
    [InlineData(3, 100)]
    [InlineData(5, 3.3)]
    public void UpdatesFollowTheRowsAsDreamerV3CountsThem(int count, double ratio)
    {
        LineEnvironment.Register(_ => int.MaxValue);
        RememberingAgent agent = null!;
        var set = StepRun.Settings("training.evaluate_every=0", $"environment.count={count}",
            FormattableString.Invariant($"training.train_ratio={ratio}"));
        using (var run = TinyRun.Open(folder["run"], layout => agent = new RememberingAgent(layout), set))
        {
            run.Trainer.Run();
            Assert.True(run.Trainer.Counters.EnvSteps is >= 150 and < 155);
        }
        // embodied's Ratio, asked after each round: the row of a reset comes with the decision after it.
        var (calls, per, before) = ("", ratio / 24, -1.0);
        for (var tick = 1; tick == 1 || (tick - 2) * count < 150; tick++)
        {
            var rows = tick == 1 ? 0 : tick * count;
            calls += "C";
            if (rows - 6 * count < 24) continue;
            var updates = before < 0 ? 1 : (int)((rows - before) * per + 1e-9);
            before = before < 0 ? rows : before + updates / per;
            calls += new string('U', updates);
        }
        Assert.Equal(calls, agent.Calls);
    }

    [Fact]
    public void ARatioOfEnvironmentStepsCountsWhatADecisionRepeats()
    {
        LineEnvironment.Register(_ => int.MaxValue);
        string Calls(string run, params string[] more)
        {
            RememberingAgent agent = null!;
            var set = StepRun.Settings(["training.evaluate_every=0", "environment.count=1", "environment.action_repeat=4",
                "training.env_steps=400", .. more]);
            using var trained = TinyRun.Open(folder[run], layout => agent = new RememberingAgent(layout), set);
            trained.Trainer.Run();
            return agent.Calls;
        }
        var rows = Calls("rows", "training.train_ratio=12");
        Assert.Equal(rows, Calls("steps", "training.train_ratio=3", "training.train_ratio_of=env_steps"));
        Assert.True(rows.Length > Calls("fewer", "training.train_ratio=3").Length + 20);
    }

    [Fact]
    public void TheCountersCountRowsAsTheyCome()
    {
        using (var run = StepRun.Open(folder["run"]))
        {
            run.Trainer.Run();
            var now = run.Trainer.Counters;
            Assert.Equal(now.EnvSteps, now.Decisions);
            Assert.InRange(now.EnvSteps, 150, 152);
            Assert.Equal(new EpisodeStore(Path.Combine(folder["run"], "episodes")).Episodes, now.Episodes);
            Assert.Equal(now.Updates / 20 * 20, now.EvaluatedAt);
            Assert.InRange(now.EvaluatedAt, 20, 100);
        }
        var lines = MetricsReader.Read(folder["run"]).Records.Where(record => record.Kind == "episode").ToArray();
        Assert.All(lines, line => Assert.Equal(line.Values["length"], line.Values["return"]));
        Assert.Equal(Enumerable.Range(1, lines.Length), lines.Select(line => (int)line.Episodes));
    }

    [Fact]
    public void EvaluationsLeaveNoTraceInTheTraining()
    {
        StepRun.Complete(folder["with"], "training.evaluate_every=1", "training.evaluation_episodes=2");
        StepRun.Complete(folder["without"], "training.evaluate_every=0");
        var without = RunContent.Of(folder["without"]);
        Assert.Equal(without.Where(Training), RunContent.Of(folder["with"]).Where(Training));
        Assert.Contains(RunContent.Of(folder["with"]).Values, text => text.Contains("\"evaluation\""));

        static bool Training(KeyValuePair<string, string> each) =>
            each.Key.EndsWith(".npz") || each.Key.EndsWith(".safetensors");
    }

    [Fact]
    public void ThreadsDoNotMatter()
    {
        StepRun.Complete(folder["one"]);
        StepRun.Complete(folder["three"], "environment.threads=3");
        Assert.Equal(RunContent.Of(folder["one"]), RunContent.Of(folder["three"]));
    }

    [Fact]
    public void ACrashLeavesTheOthersAloneAndKeepsWhatWasPlayed()
    {
        Complete("whole", (_, _) => { });
        var steps = new int[3];
        var lines = Complete("crashed", (n, call) =>
        {
            if (call == "step" && ++steps[n] == 17 && n == 1) throw new InvalidOperationException("the simulator exploded");
        });
        Assert.Contains("environment 2 of 3 crashed at decision 7; it is made anew and plays another episode: "
            + "InvalidOperationException: the simulator exploded", lines);
        var (whole, crashed) = (Streams("whole"), Streams("crashed"));
        Assert.Equal(whole[0], crashed[0]);
        Assert.Equal(whole[2], crashed[2]);
        Assert.Equal(whole[1][0], crashed[1][0]);
        Assert.NotEqual(whole[1][1], crashed[1][1]);
        // Six decisions of the broken one are there, and it did not end by itself.
        Assert.Equal([11, 7, 11], crashed[1].Take(3).Select(text => text.Split(' ').Length));
        var log = MetricsReader.Read(folder["crashed"]).Records.Where(record => record.Kind == "episode").ToArray();
        Assert.Equal(1, log.Sum(line => line.Values["restarts"]));
        Assert.Contains("\"restarts\":1", RunContent.Of(folder["crashed"])["state.json"]);

        string[][] Streams(string run)
        {
            var path = Path.Combine(folder[run], "episodes");
            var state = System.Text.Json.Nodes.JsonNode.Parse(
                File.ReadAllText(Path.Combine(RunContent.Newest(folder[run]), "state.json")))!;
            return [.. state["steps"]!["replay"]!["streams"]!.AsArray().Select(stream => stream!["episodes"]!.AsArray()
                .Select(name => EpisodeArchive.Read(Path.Combine(path, name!.GetValue<string>())))
                .Select(episode => string.Join(' ', episode.Reward)).ToArray())];
        }
    }

    [Fact]
    public void CrashAfterCrashEndsItAndWhatThereIsIsSaved()
    {
        var steps = 0;
        var error = Assert.ThrowsAny<ReverieException>(() => Complete("run", (n, call) =>
        {
            if (call == "step" && n == 2 && ++steps > 12) throw new InvalidOperationException("no more");
        }));
        Assert.Equal("environment 3 of 3 crashed 3 times without finishing an episode, at last at decision 1: "
            + "InvalidOperationException: no more", error.Message);
        Assert.True(Directory.Exists(Path.Combine(folder["run"], "checkpoints")));
        // Whoever has mended it goes on.
        Assert.Contains(Complete("run", (_, _) => { }), line => line.StartsWith("going on from"));
    }

    [Fact]
    public void EpisodesWithoutAnEndAreCutAndSaid()
    {
        LineEnvironment.Register(_ => int.MaxValue);
        var lines = StepRun.Complete(folder["run"], "environment.time_limit=20");
        Assert.DoesNotContain(lines, line => line.Contains("is cut"));
        lines = StepRun.Complete(folder["long"], "training.env_steps=2100", "environment.count=2",
            "training.evaluate_every=0", "training.train_ratio=1");
        Assert.Single(lines, line => line.StartsWith("an episode is cut after 1000 decisions, as by a time limit"));
        var store = new EpisodeStore(Path.Combine(folder["long"], "episodes"));
        Assert.Equal([1001, 1001], store.Files.Select(file => file.Rows));
    }

    [Fact]
    public void TooFewStepsToLearnFromAreToldAndMoreGoOn()
    {
        const string Told = "the same command goes on with --env-steps ";
        var line = StepRun.Complete(folder["run"], "training.env_steps=30")[^1];
        Assert.StartsWith("nothing is learned yet: training.env_steps = 30 are used up by ", line);
        StepRun.Complete(folder["run"], "training.env_steps=" + line[(line.IndexOf(Told) + Told.Length)..]);
        Assert.True(long.Parse(Path.GetFileName(RunContent.Newest(folder["run"]))) > 0);
    }

    [Theory]
    [InlineData("training.train_ratio=0", "training.train_ratio: agent = dreamerv3 learns while episodes go on; set it")]
    [InlineData("training.train_ratio=-1", "training.train_ratio = -1, but it must be a number from 0 to 1000000")]
    [InlineData("agent=dreamer", "training.train_ratio: agent = dreamer learns between episodes; leave it at 0")]
    [InlineData("replay.capacity=41", "replay.capacity: 41 rows are fewer than the 42 that the first update needs")]
    [InlineData("replay.capacity=0", "replay.capacity = 0, but it must be a whole number from 1 to 1000000000")]
    [InlineData("replay.zero_starts=0.1", "replay.zero_starts: 0.1 of replay.batch_size = 4 is no chunk at all; take more, or 0")]
    [InlineData("replay.prioritize_ends=true", "replay.prioritize_ends: with training.train_ratio above 0 chunks run over")]
    public void WhatDoesNotGoTogetherIsRefused(string set, string told)
    {
        var error = Assert.ThrowsAny<ReverieException>(() => StepRun.Complete(folder["run"], set));
        Assert.Contains(told, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(Directory.Exists(folder["run"]));
    }

    /// <summary>Nothing is learned before the decisions at random are made, and then at once.</summary>
    [Theory]
    [InlineData(0, 45, true)]
    [InlineData(40, 45, true)]
    [InlineData(40, 30, false)]
    public void DecisionsAtRandomComeFirst(int random, int envSteps, bool learns)
    {
        LineEnvironment.Register(_ => 20);
        string[] set =
        [
            "task=" + LineEnvironment.Task, "model.encoder=vector", "environment.count=1", "environment.time_limit=0",
            "training.train_ratio=16", "training.evaluate_every=0", "compute.device=cpu", "compute.threads=1",
            $"training.random_decisions={random}", $"training.env_steps={envSteps}",
        ];
        var lines = new List<string>();
        using var run = TrainingRun.Open(folder["run"], ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("d4pg,tiny,debug"), Overrides = [.. set.Select(ConfigOverride.Parse)],
        }));
        Assert.True(run.Train(lines.Add));
        Assert.Equal(learns, run.Counters.Updates > 0);
        Assert.Equal(!learns, lines.Any(line => line.StartsWith("nothing is learned yet", StringComparison.Ordinal)));
        // One row each, the first update once there are 16 places to begin at, or after those at random.
        if (learns) Assert.Equal(random == 0 ? 29.0 : 9, run.Counters.Updates, 1.0);
    }

    [Fact]
    public void OthersMakeTheirDecisionsThemselves() => Assert.Contains("training.random_decisions: agent = dreamerv3 makes its "
        + "first decisions by itself", Assert.Throws<ConfigurationException>(() => ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("dreamerv3,tiny"), Overrides = [ConfigOverride.Parse("training.random_decisions=5")],
        })).Message);

    [Fact]
    public void AnAgentWithoutLatentsIsRefused()
    {
        var error = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Open(folder["run"], layout => new ScriptedAgent(layout.ActionSize), StepRun.Settings()));
        Assert.Equal("training.train_ratio: this agent learns from whole episodes; at 0 it learns between them",
            error.Message);
    }

    [Fact]
    public void TheMemoryOfLatentsIsReckoned()
    {
        var config = new Reverie.Configuration.Config
        {
            Replay = new ReplayConfig { Capacity = 10_000 },
            Training = new TrainingConfig { EnvSteps = 100_000, TrainRatio = 512 },
        };
        var (layout, latents) = (new EpisodeLayout(null, 5, 1), new LatentRows(2048, 32, 16, Reverie.Torch.DType.BFloat16));
        Assert.Equal(4128, latents.BytesPerRow);
        var need = ReplayPreflight.Check(config, layout, 1, 100, folder["episodes"], default, _ => 1L << 40, latents);
        Assert.Equal(10_000L * 4128, need.LatentBytes);
        Assert.InRange(need.Bytes, 9_999 * layout.BytesPerRow, 10_001 * (layout.BytesPerRow + Episode.BytesBesideRows));
        Assert.True(need.DiskBytes > 3 * need.LatentBytes);
        Assert.Contains("GB of that memory are latents", need.Lines.ElementAt(1));
    }

    private List<string> Complete(string run, Action<int, string> about)
    {
        var lines = new List<string>();
        WatchedEnvironment.Pool(1, 1).Dispose();    // registers the bar
        var settings = TinyRun.Configuration([.. StepRun.Settings(), "task=" + BarEnvironment.Task, "model.encoder=pixels",
            "training.evaluate_every=0", "replay.batch_size=100"]);      // nothing is learned, so what they do cannot differ
        using var directory = RunDirectory.Open(folder[run], settings);
        using var environments = WatchedEnvironment.Pool(3, 2, about);
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        using var agent = new RememberingAgent(layout);
        using var log = RunLogger.Prepare(folder[run], tensorBoard: false);
        using var trainer = Trainer.Create(settings.Config, directory, agent, environments, log, lines.Add);
        trainer.Run();
        return lines;
    }
}
