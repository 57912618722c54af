using Reverie.Logging;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Episodes without an end: budgets hold inside them, evaluations end, and a run that was stopped is the run
/// that was not.</summary>
public sealed class EpisodeEndTests : IDisposable
{
    // What the tiny run is without its time limit, of episodes that never end.
    private static readonly string[] Endless =
    [
        "task=" + LineEnvironment.Task, "environment.time_limit=0", "model.encoder=vector", "training.seed_episodes=1",
        "training.env_steps=1100", "training.evaluate_every=10",
    ];

    private readonly TemporaryDirectory folder = new();

    public EpisodeEndTests() => LineEnvironment.Register(_ => int.MaxValue);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheBudgetEndsTheLastEpisodeAndNobodyPlaysForEver()
    {
        using var run = Scripted("run", Endless);
        run.Trainer.Run();
        Assert.True(run.Trainer.IsDone);
        var now = run.Trainer.Counters;
        Assert.Equal((1100, 2, 10), (now.EnvSteps, now.Episodes, now.Updates));
        var records = MetricsReader.Read(folder["run"]).Records;
        Assert.Equal([1000, 100], records.Where(each => each.Kind == "episode").Select(each => each.Values["length"]));
        Assert.All(records.Where(each => each.Kind == "evaluation"), each => Assert.Equal(1000, each.Values["return"]));
        var cut = Assert.Single(run.Lines, line => line.Contains("is cut"));
        Assert.Equal("an episode is cut after 1000 decisions, as by a time limit: nothing says how long one may get, and "
            + "so is every other of this length; environment.time_limit sets another", cut);
        AssertTruncated("run", 0, 1001);
        AssertTruncated("run", 1, 101);
    }

    [Fact]
    public void ALimitLongerThanTheWholeRunIsCutByTheBudgetAndAShorterOneIsPlayedToItsEnd()
    {
        string[] brief = [.. Endless, "training.env_steps=60", "training.evaluate_every=0"];
        using (var run = Scripted("cut", [.. brief, "environment.time_limit=5000"]))
        {
            run.Trainer.Run();
            Assert.Equal(60, run.Trainer.Counters.EnvSteps);
            Assert.Contains(
                "an episode is cut after 60 decisions, as by a time limit: training.env_steps are used up", run.Lines);
        }
        using var whole = Scripted("whole", [.. brief, "environment.time_limit=50"]);
        whole.Trainer.Run();
        Assert.Equal(100, whole.Trainer.Counters.EnvSteps);
        Assert.DoesNotContain(whole.Lines, line => line.Contains("is cut"));
    }

    [Fact]
    public void SeveralEnvironmentsShareTheBudget()
    {
        using var run = Scripted(
            "run", [.. Endless, "environment.count=3", "training.env_steps=61", "training.evaluate_every=0"]);
        run.Trainer.Run();
        // The decision in which it is used up is taken by all of them.
        Assert.Equal((63, 3), (run.Trainer.Counters.EnvSteps, run.Trainer.Counters.Episodes));
        for (var n = 0; n < 3; n++) AssertTruncated("run", n, 22);
    }

    [Theory]
    [InlineData(700)]       // inside the seed episode
    [InlineData(1050)]      // inside the episode that the budget cuts
    public void ARunThatWasStoppedInsideSuchAnEpisodeGoesOnAlike(int step)
    {
        Scripted("whole", Endless, run => run.Trainer.Run());
        using var stop = new CancellationTokenSource();
        var steps = 0;
        LineEnvironment.Register(_ => int.MaxValue, _ =>
        {
            if (++steps == step) stop.Cancel();
            return 1;
        });
        Scripted("parts", Endless, run => run.Trainer.Run(stop.Token));
        LineEnvironment.Register(_ => int.MaxValue);
        Scripted("parts", Endless, run => run.Trainer.Run());
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void SeedEpisodesThatLeaveNothingToLearnAreSaidAndTheAdviceHelps()
    {
        string[] set = [.. Endless, "training.seed_episodes=3", "training.env_steps=1500", "training.evaluate_every=0"];
        string advice;
        using (var run = Scripted("run", set))
        {
            run.Trainer.Run();
            Assert.True(run.Trainer.IsDone);
            advice = Assert.Single(
                run.Lines, line => line.StartsWith("nothing is learned yet", StringComparison.Ordinal));
            Assert.Contains("training.env_steps = 1500 are used up by 2 of training.seed_episodes = 3", advice);
        }
        using var more = Scripted("run", [.. set, $"training.env_steps={advice.Split("--env-steps ")[1]}"]);
        more.Trainer.Run();
        Assert.True(more.Trainer.IsDone);
        Assert.Equal(10, more.Trainer.Counters.Updates);
    }

    [Fact]
    public void WhatTheRunNeedsIsReckonedAgainFromTheEpisodesThatAreSeen()
    {
        LineEnvironment.Register(_ => 1);
        using var run = Scripted("run", [.. Endless, "replay.cross_episode=true", "training.seed_episodes=6",
            "training.env_steps=12", "training.evaluate_every=0"]);
        run.Trainer.Run();
        Assert.StartsWith("replay: 12 decisions; ", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains(
            run.Lines, line => line.StartsWith("replay: 12 episodes, 12 decisions; ", StringComparison.Ordinal));
    }

    [Fact]
    public void AnEpisodeTakesABoundedMemory()
    {
        var layout = new EpisodeLayout(new Reverie.Environments.ImageSpace(), 0, 1);
        Assert.InRange(EpisodeRecorder.MostRows(layout) * layout.BytesPerRow, 0.9e9, 1e9);
        Assert.Equal(2, EpisodeRecorder.MostRows(new EpisodeLayout(null, 500_000_000, 1)));
    }

    private TinyRun Scripted(string name, string[] set) =>
        TinyRun.Open(folder[name], layout => new ScriptedAgent(layout.ActionSize), set);

    private void Scripted(string name, string[] set, Action<TinyRun> work)
    {
        using var run = Scripted(name, set);
        work(run);
    }

    private void AssertTruncated(string run, int number, int rows)
    {
        var file = Directory.GetFiles(Path.Combine(folder[run], "episodes"), $"{number:D6}-*.npz").Single();
        var episode = EpisodeArchive.Read(file);
        Assert.Equal((rows, true, false), (episode.Rows, episode.IsLast[^1], episode.IsTerminal[^1]));
    }
}
