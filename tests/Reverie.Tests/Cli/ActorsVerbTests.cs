using Reverie.Tests.Fakes;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

/// <summary>One process that learns and one that plays for it: a run that is broken off and gone on with, and what is refused.
/// </summary>
public sealed class ActorsVerbTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [RanksFact]
    public void AnActorThatIsKilledEndsTheRunWhichGoesOnWithOrWithoutActors()
    {
        using (var first = CliProcess.Start(Command("960")))
        {
            RankProcess.WaitForCheckpoint(Run, 4, first);
            RankProcess.Signal(Run, "KILL", rank: 1);
            var (code, _, error) = first.Wait();
            Assert.Equal(1, code);
            Assert.Contains("reverie: rank 1 of 2 was ended by signal 9", error, StringComparison.Ordinal);
        }
        using (var second = CliProcess.Start(Command("960")))
        {
            var (code, output, error) = second.Wait();
            Assert.True(code == 0, error);
            Assert.Contains("1 actor will play, with new parameters every 2 updates", output + error, StringComparison.Ordinal);
        }
        var lines = File.ReadAllLines(Path.Combine(Run, "metrics.jsonl"));
        Assert.Contains(lines, line => line.Contains("\"staleness\":", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(Run, "ranks")));
        using var alone = CliProcess.Start(["train", "--run", Run, "--env-steps", "1280"]);
        Assert.Equal(0, alone.Wait().Item1);
    }

    [RanksFact]
    public void WhatCannotBeIsOneLine()
    {
        Assert.Contains("agent = a3c learns from what its newest parameters have played",
            Refusal("train", "--task", "cartpole_balance", "--preset", "a3c", "--run", Run, "--actors", "3"));
        Assert.Contains("leave --ranks out", Refusal("train", "--actors", "2", "--ranks", "2"));
        Assert.Contains("--actor-refresh: goes together with --actors", Refusal("train", "--actor-refresh", "9"));
        Assert.Contains("--actors: is for one run", Refusal("train", "--task", "cartpole_balance", "--seeds", "1-2", "--actors", "2"));
        Assert.Contains("leave --actors out", Refusal("train", "--offline", folder.Path, "--actors", "2"));
        Assert.False(Directory.Exists(Run));
    }

    private string[] Command(string envSteps) =>
    [
        "train", "--task", "cartpole_balance", "--preset", "planet,tiny,debug", "--run", Run, "--actors", "1", "--actor-refresh", "2",
        "--env-steps", envSteps, "--set", "model.encoder=vector", "--set", "planner.candidates=8", "--set",
        "training.checkpoint_every=2",
    ];
}
