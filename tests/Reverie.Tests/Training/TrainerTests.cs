using Reverie.Agents;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public TrainerTests() => BarEnvironment.Register();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("training.evaluate_every=0", "U5 C10 U5 C10 U5 C10 U5")]
    [InlineData("training.evaluate_every=10", "U5 C10 U5 E10 C10 U5 C10 U5 E10")]
    [InlineData("training.seed_episodes=4", "U5 E10 C10 U5 E10")]
    [InlineData("training.pretrain_updates=15", "U5 E10 U5 E10 U5 E10 C10 U5 E10 C10 U5 E10 C10 U5 E10")]
    [InlineData("environment.count=2", "U5 E10 C10 U5 E10 U5 E10 C10 U5 E10 U5 E10")]
    public void SeedEpisodesThenUpdatesThenAnEpisode(string set, string calls)
    {
        var agent = new ScriptedAgent(1);
        using var run = TinyRun.Open(folder["run"], _ => agent, set);
        run.Trainer.Run();
        Assert.Equal(calls, agent.Calls);
    }

    [Fact]
    public void TheFourCountersCountDifferentThings()
    {
        using (var run = TinyRun.Open(folder["run"], layout => new ScriptedAgent(layout.ActionSize)))
        {
            run.Trainer.Run();
            var now = run.Trainer.Counters;
            Assert.Equal((150, 50, 20, 5), (now.EnvSteps, now.Decisions, now.Updates, now.Episodes));
        }
        var episodes = MetricsReader.Read(folder["run"]).Records.Where(record => record.Kind == "episode").ToArray();
        Assert.Equal([30, 60, 90, 120, 150], episodes.Select(record => record.EnvSteps));
        Assert.Equal([10, 20, 30, 40, 50], episodes.Select(record => record.Decisions));
        Assert.Equal([0, 0, 5, 10, 15], episodes.Select(record => record.Updates));
        Assert.Equal([1, 2, 3, 4, 5], episodes.Select(record => record.Episodes));
        // Three rewards of at most one in each decision.
        Assert.All(episodes, record => Assert.InRange(record.Values["return"], 0.01, 30));
    }

    [Fact]
    public void CheckpointsSayWhatTheRunIsOverWithAndWhetherItIs()
    {
        using (var run = TinyRun.Open(folder["run"], layout => new ScriptedAgent(layout.ActionSize)))
            run.Trainer.Run();
        var checkpoints = Directory.GetDirectories(Path.Combine(folder["run"], "checkpoints"));
        Assert.True(checkpoints.Length > 1);
        foreach (var checkpoint in checkpoints)
        {
            var state = SavedState.Parse(File.ReadAllBytes(Path.Combine(checkpoint, "state.json")));
            Assert.Equal(checkpoint == RunContent.Newest(folder["run"]), state.Done);
            Assert.Equal([new RunGoal(RunGoal.EnvSteps, 150, 0)], state.Goals!);
        }
    }

    [Fact]
    public void AnEpisodeThatTerminatesInsideADecisionCountsTheStepsItTook()
    {
        var steps = 0;
        BarEnvironment.Fault = (_, row) => ++steps % 5 == 0 ? row with { IsLast = true, IsTerminal = true } : row;
        string[] set = ["training.evaluate_every=0", "training.env_steps=25", "replay.chunk_length=3"];
        using var run = TinyRun.Open(folder["run"], layout => new ScriptedAgent(layout.ActionSize), set);
        run.Trainer.Run();
        // Two decisions of three and of two steps.
        var now = run.Trainer.Counters;
        Assert.Equal((25, 10, 5), (now.EnvSteps, now.Decisions, now.Episodes));
    }

    [Fact]
    public void EvaluationsLeaveNoTraceInTheTraining()
    {
        TinyRun.Complete(folder["with"], "training.evaluate_every=1", "training.evaluation_episodes=2");
        TinyRun.Complete(folder["without"], "training.evaluate_every=0");
        static bool Training(KeyValuePair<string, string> each) =>
            each.Key.EndsWith(".npz") || each.Key.EndsWith(".safetensors");
        var without = RunContent.Of(folder["without"]);
        Assert.Equal(without.Where(Training), RunContent.Of(folder["with"]).Where(Training));
        Assert.Equal(Log("without", ""), Log("with", "").Where(line => !line.Contains("\"evaluation\"")));
        Assert.Equal(20, Log("with", "\"evaluation\"").Count());
    }

    [Fact]
    public void RandomCollectionDoesNotAskTheModel()
    {
        foreach (var kind in (string[])["planner", "random"])
            foreach (var rate in (string[])["0.001", "0.05"])
                TinyRun.Complete(folder[kind + rate], $"planner.collection={kind}", $"optimizer.learning_rate={rate}");
        Assert.Equal(Episodes("random0.001"), Episodes("random0.05"));
        Assert.Equal(Episodes("planner0.001")[..2], Episodes("planner0.05")[..2]);
        Assert.NotEqual(Episodes("planner0.001")[2..], Episodes("planner0.05")[2..]);
        var log = RunContent.Of(folder["random0.001"]);
        Assert.NotEqual(log["model.safetensors"], RunContent.Of(folder["random0.05"])["model.safetensors"]);
    }

    [Fact]
    public void TensorsStayAsManyOverAHundredUpdates()
    {
        var before = Tensor.LiveCount;
        var counts = new List<long>();
        string[] hundred = ["training.updates_per_episode=25", "training.log_every=7"];
        var config = TinyRun.Configuration(hundred).Config;
        Counting Agent(EpisodeLayout layout) => new(new PlaNet(config, layout, Device.Cpu), counts);
        using (var run = TinyRun.Open(folder["run"], Agent, hundred))
            run.Trainer.Run();
        Assert.Equal(100, counts.Count);
        Assert.All(counts, count => Assert.Equal(counts[0], count));
        Assert.Equal(before, Tensor.LiveCount);
    }

    private string[] Episodes(string run) => [.. RunContent.Of(folder[run]).Where(each => each.Key.EndsWith(".npz"))
        .Select(each => each.Value)];

    private IEnumerable<string> Log(string run, string having) => RunContent.Of(folder[run])
        .Where(each => each.Key.StartsWith("metrics") && each.Value.Contains(having)).Select(each => each.Value);

    /// <summary>Notes how many tensors are alive whenever an update begins.</summary>
    private sealed class Counting(IAgent inner, List<long> counts) : IAgent
    {
        public Device Device => inner.Device;

        public IReadOnlyDictionary<string, Module> Modules => inner.Modules;

        public IReadOnlyDictionary<string, Optimizer> Optimizers => inner.Optimizers;

        public AgentState Begin(int count, ulong seed) => inner.Begin(count, seed);

        public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode) =>
            inner.Act(observations, state, mode);

        public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
        {
            counts.Add(Tensor.LiveCount);
            return inner.Update(batch, seed);
        }

        public void Dispose() => inner.Dispose();
    }
}
