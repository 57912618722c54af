using Microsoft.Extensions.Logging.Abstractions;
using Reverie.Logging;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>World Models' phases over two ranks.</summary>
public sealed class RankPhasesTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public RankPhasesTests() => BarEnvironment.Register();

    public void Dispose() => folder.Dispose();

    [RanksTheory]
    [InlineData("environment")]
    [InlineData("dream")]
    public void CandidatesSpreadOverRanksComeToTheSameBits(string where)
    {
        TinyRun.Complete(folder["world"], PhaseTrainerTests.Played);
        string[] set =
        [
            .. PhaseTrainerTests.Played, $"controller.train_in={where}", "controller.dream_steps=12",
            $"controller.world={folder["world"]}", "seed=2", "controller.population=6", "compute.threads=1",
        ];
        using (var one = TrainingRun.Open(folder["one"], TinyRun.Configuration(set)))
            Assert.True(one.Train(NullLogger.Instance));
        Together("two", 2, set);
        foreach (var part in new[] { "two", "two/ranks/001" })
        {
            Assert.Equal(Parameters("one", "controller"), Parameters(part, "controller"));
            Assert.Equal(Last("one").EnvSteps, Last(part).EnvSteps);
        }
        Assert.Equal(where == "environment" ? 3 * 6 * 2 * TinyRun.EpisodeSteps : 0, Last("one").EnvSteps);
    }

    [RanksFact]
    public void AllPhasesAreShared()
    {
        string[] set =
        [
            .. PhaseTrainerTests.Played, "training.seed_episodes=5", "controller.train_in=dream", "controller.dream_steps=12",
            "controller.features=zch", "controller.rounds=2", "controller.round_episodes=3", "replay.batch_size=4",
        ];
        Together("run", 2, set);
        string[] parts = ["run", "run/ranks/001"];
        Assert.Equal([5, 3], parts.Select(part => Directory.GetFiles(folder[$"{part}/episodes"]).Length));
        foreach (var module in new[] { "vae", "memory", "controller" })
            Assert.Equal(Parameters(parts[0], module), Parameters(parts[1], module));
        Assert.Equal((6 + 2 * 5 + 2 * 3, 8), (Last("run").Updates, Last("run").Episodes));
    }

    private void Together(string run, int ranks, string[] set) => Assert.All(RankThreads.Run(ranks, group =>
    {
        using var part = TrainingRun.Open(folder[run], TinyRun.Configuration(set), null, restart: false, group);
        return part.Train(NullLogger.Instance);
    }), Assert.True);

    private MetricRecord Last(string run) => MetricsReader.Read(folder[run]).Records[^1];

    private byte[] Parameters(string run, string module) =>
        File.ReadAllBytes(Path.Combine(RunContent.Newest(folder[run]), $"{module}.safetensors"));
}
