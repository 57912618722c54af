using Reverie.Logging;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Tests at certain environment steps: at these and at the end, once each, whenever the run was interrupted.
/// </summary>
public sealed class TestPointsTests : IClassFixture<FinishedRuns>, IDisposable
{
    private static readonly string[] Tests = ["training.test_episodes=2", "training.test_at=[60, 95]"];

    private readonly TemporaryDirectory folder = new();

    private readonly FinishedRuns finished;

    public TestPointsTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
        LineEnvironment.Register(random => 3 + random.NextInt(30), _ => 1);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BetweenEpisodesAllIsLearnedBeforeATest()
    {
        finished.CopyTo(folder["run"], Tests);
        Assert.Equal([(60, 5), (120, 15), (150, 20)], TestsOf("run").Select(test => (test.EnvSteps, test.Updates)));
        Assert.All(TestsOf("run"), test => Assert.Equal(2, test.Values["episodes_played"]));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(33)]
    [InlineData(47)]
    [InlineData(62)]
    [InlineData(76)]
    [InlineData(99)]
    public void ARunThatWasKilledIsTestedAsOneThatWasNot(int step)
    {
        var whole = finished.Content(Tests);
        using var stop = new CancellationTokenSource();
        BarEnvironment.Fault = (n, row) =>
        {
            if (n != step) return row;
            FinishedRuns.Copy(folder["dying"], folder["parts"]);
            stop.Cancel();
            return row;
        };
        using (var dying = TinyRun.Open(folder["dying"], Tests))
            dying.Trainer.Run(stop.Token);
        Assert.True(stop.IsCancellationRequested);
        BarEnvironment.Register();
        TinyRun.Complete(folder["parts"], Tests);
        Assert.Equal(whole, RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void TestsChangeNothingOfWhatIsLearned()
    {
        Assert.Equal(Learned(), Learned(Tests));

        IEnumerable<string> Learned(params string[] set) => finished.Content(set)
            .Where(one => one.Key.EndsWith(".safetensors") || one.Key.EndsWith(".npz")).Select(one => one.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(61)]
    [InlineData(97)]
    public void WhereLearningGoesOnWithEpisodesATestIsAtItsVeryStep(int first)
    {
        string[] set = [.. Tests, "environment.count=1"];
        StepRun.Complete(folder["whole"], set);
        Assert.Equal([60, 95, 150], TestsOf("whole").Select(test => test.EnvSteps));
        using (var stop = new CancellationTokenSource())
        using (var run = StepRun.Open(folder["parts"], set))
        {
            LineEnvironment.Register(random => 3 + random.NextInt(30), _ =>
            {
                if (run.Trainer.Counters.EnvSteps >= first) stop.Cancel();
                return 1;
            });
            run.Trainer.Run(stop.Token);
        }
        LineEnvironment.Register(random => 3 + random.NextInt(30), _ => 1);
        StepRun.Complete(folder["parts"], set);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void WhatWasPassedIsNotMadeUpFor()
    {
        finished.CopyTo(folder["run"]);
        TinyRun.Complete(folder["run"], Tests);
        TinyRun.Complete(folder["run"], Tests);
        Assert.Equal([150], TestsOf("run").Select(test => test.EnvSteps));
        TinyRun.Complete(folder["run"], [.. Tests, "training.env_steps=180"]);
        Assert.Equal([150, 180], TestsOf("run").Select(test => test.EnvSteps));
    }

    /// <summary>Its evaluations follow generations, whatever <c>training.evaluate_every</c> says.</summary>
    [Fact]
    public void WorldModelsAreTestedOnceAllPhasesAreOver()
    {
        string[] set = [.. PhaseTrainerTests.Played, .. Tests, "training.evaluate_every=1"];
        TinyRun.Complete(folder["run"], set);
        var test = Assert.Single(TestsOf("run"));
        Assert.Equal(MetricsReader.Read(folder["run"]).Records[^1].Updates, test.Updates);
        Assert.Contains("\"done\":true", RunContent.Of(folder["run"])["state.json"]);
        TinyRun.Complete(folder["run"], set);
        Assert.Single(TestsOf("run"));
    }

    [Theory]
    [InlineData("training.test_at=[1.5]", "environment steps are whole numbers of at least 1")]
    [InlineData("training.test_at=[0]", "environment steps are whole numbers of at least 1")]
    [InlineData("training.test_at=[100]", "a test has episodes; set training.test_episodes above 0")]
    public void WhatIsNoPointIsRefused(string set, string complaint)
    {
        string[] also = complaint.StartsWith('a') ? [] : ["training.test_episodes=1"];
        Assert.Equal($"--set: training.test_at: {complaint}",
            Assert.ThrowsAny<ReverieException>(() => TinyRun.Configuration([.. also, set])).Message);
    }

    private MetricRecord[] TestsOf(string run) =>
        [.. MetricsReader.Read(folder[run]).Records.Where(record => record.Kind == MetricRecord.Test)];
}
