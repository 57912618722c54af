using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

/// <summary>A run of two processes: whole, with one of them killed or stopped, and what is refused.</summary>
public sealed class RanksVerbTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [RanksTheory]
    [InlineData("planet")]
    [InlineData("dreamerv3")]
    [InlineData("a3c")]
    [InlineData("world_models")]
    public void ARankThatIsKilledEndsAllAndTheRunGoesOnBitForBit(string agent)
    {
        var whole = folder["whole"];
        Complete(agent, whole);
        using (var first = CliProcess.Start(Command(agent, Run)))
        {
            WaitForCheckpoint(first);
            Signal("KILL", rank: 1);
            var (code, _, error) = first.Wait();
            Assert.Equal(1, code);
            Assert.Equal("reverie: rank 1 of 2 was ended by signal 9 (SIGKILL; memory was used up, perhaps); the same command goes on "
                + "from the last checkpoint", Assert.Single(Faults(error)));
        }
        Complete(agent, Run);
        for (var rank = 0; rank < 2; rank++)
            Assert.Equal(Content(whole, rank), Content(Run, rank));
        // Each has its own episodes, and all have learned the same.
        foreach (var (name, hash) in Content(Run, 0).Where(one => one.Key.EndsWith(".safetensors", StringComparison.Ordinal)))
            Assert.Equal(hash, Content(Run, 1)[name]);
        Assert.Empty(Episodes(0).Intersect(Episodes(1)));
        Assert.DoesNotContain("\"kind\":\"evaluation\"", File.ReadAllText(Path.Combine(Part(Run, 1), "metrics.jsonl")));

        IEnumerable<string> Episodes(int rank) =>
            agent == "a3c" ? [] : Directory.GetFiles(Path.Combine(Part(Run, rank), "episodes"), "*.npz").Select(File.ReadAllBytes).Select(Convert.ToHexString);
    }

    [RanksTheory]
    [InlineData("planet")]
    [InlineData("dreamerv3")]
    public void AnotherNumberOfRanksGoesOnWithAllThatWasRecorded(string agent)
    {
        Complete(agent, Run, 2, 480);
        var (ranks, steps) = (2, 480);
        foreach (var (now, until) in new[] { (1, 800), (3, 1280) })
        {
            var before = Episodes(ranks);
            var said = Complete(agent, Run, now, until);
            Assert.Contains($"{Run}: {Count(ranks)} trained this run, and {Count(now)} go{(now == 1 ? "es" : "")} on: episodes are "
                + "dealt out anew and environments begin anew, so that it is no longer bit for bit", said);
            // What there was is still there, each episode once, and each rank has its share.
            var after = Episodes(now);
            Assert.Equal(before.Count, before.Intersect(after).Count());
            Assert.True(after.Count > before.Count);
            for (var rank = 0; rank < 3; rank++)
                Assert.Equal(rank < now, Directory.Exists(Path.Combine(Part(Run, rank), "checkpoints")));
            var states = Enumerable.Range(0, now).Select(rank => RunContent.Newest(Part(Run, rank))).Select(folder =>
                (Model: File.ReadAllBytes(Path.Combine(folder, "model.safetensors")), State: StateOf(folder))).ToArray();
            Assert.All(states, one => Assert.Equal(states[0].Model, one.Model));
            Assert.All(states, one => Assert.True(one.State["replay"]!["episodes"]!.GetValue<int>() >= before.Count / now / 2));
            var reached = states[0].State["counters"]!["env_steps"]!.GetValue<long>();
            Assert.True(reached >= until && reached > steps);
            (ranks, steps) = (now, until);
        }

        static string Count(int ranks) => ranks == 1 ? "1 rank" : $"{ranks} ranks";

        HashSet<string> Episodes(int ranks)
        {
            string[] all = [.. Enumerable.Range(0, ranks).SelectMany(rank =>
                Directory.GetFiles(Path.Combine(Part(Run, rank), "episodes"), "*.npz")).Select(path => Convert.ToHexString(
                    SHA256.HashData(File.ReadAllBytes(path))))];
            Assert.Equal(all.Length, all.Distinct().Count());
            return [.. all];
        }
    }

    [RanksFact]
    public void ASweepHasRanksInEachOfItsRuns()
    {
        var runs = folder["sweep"];
        using var process = CliProcess.Start("sweep", "--preset", "planet,tiny,debug,vector", "--tasks", "cartpole_balance", "--seeds",
            "1-2", "--jobs", "2", "--ranks", "2", "--out", runs, "--env-steps", "320", "--set", "training.test_episodes=1");
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, output + error);
        foreach (var seed in new[] { 1, 2 })
        {
            var run = Directory.GetDirectories(runs, $"*seed{seed}").Single();
            Assert.Equal(2, StateOf(RunContent.Newest(Part(run, 1)))["ranks"]!.GetValue<int>());
            Assert.Equal(Content(run, 0)["model.safetensors"], Content(run, 1)["model.safetensors"]);
            var log = Path.Combine(runs, "logs", $"{Path.GetFileName(run)}.txt");
            Assert.Contains(" --ranks 2", File.ReadLines(log).First());
        }
    }

    [RanksFact]
    public void ARankThatIsStoppedEndsAll()
    {
        using var run = CliProcess.Start([.. Command("planet", Run), "--rank-timeout", "4"]);
        WaitForCheckpoint(run);
        Signal("STOP", rank: 1);
        var (code, _, error) = run.Wait();
        Assert.Equal(1, code);
        Assert.Equal("reverie: rank 1 of 2 has given no sign of life for 4 s: it was killed or stopped, or its machine is gone",
            Assert.Single(Faults(error)));
    }

    [RanksFact]
    public void WhatCannotBeIsOneLine()
    {
        Assert.Contains("replay.batch_size = 50 cannot be divided by 3 ranks",
            Refusal("train", "--task", "cartpole_balance", "--preset", "planet", "--run", Run, "--ranks", "3"));
        Assert.Contains("environment.count = 32 cannot be divided by 3 ranks",
            Refusal("train", "--task", "cartpole_balance", "--preset", "a3c", "--run", Run, "--ranks", "3"));
        Assert.Contains("cartpole_balance-planet-seed1: replay.batch_size = 50 cannot be divided by 3 ranks",
            Refusal("train", "--task", "cartpole_balance", "--preset", "planet", "--seeds", "1-2", "--ranks", "3", "--run", Run));
        Assert.Contains("--rank-timeout: goes together with --ranks", Refusal("train", "--rank-timeout", "9"));
        Assert.False(Directory.Exists(Run));
    }

    // World Models see pictures; the checkpoint of four updates is one of M.
    private static string[] Command(string agent, string run, int ranks = 2, int envSteps = 960) =>
    [
        "train", "--task", agent == "world_models" ? "take_cover" : "cartpole_balance", "--preset", $"{agent},tiny,debug",
        "--run", run, "--env-steps", $"{(agent == "world_models" ? 100_000 : envSteps)}", "--set", "planner.candidates=8",
        "--set", "training.checkpoint_every=2", "--set", "replay.batch_size=6",
        .. agent == "world_models" ? Array.Empty<string>() : ["--set", "model.encoder=vector"],
        .. ranks == 1 ? Array.Empty<string>() : ["--ranks", $"{ranks}"],
    ];

    private static string Complete(string agent, string run, int ranks = 2, int envSteps = 960)
    {
        using var process = CliProcess.Start(Command(agent, run, ranks, envSteps));
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, error);
        return output + error;
    }

    private static JsonNode StateOf(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "state.json")))!;

    private static string Part(string run, int rank) => rank == 0 ? run : Path.Combine(run, "ranks", $"{rank:D3}");

    private static SortedDictionary<string, string> Content(string run, int rank) => RunContent.Of(Part(run, rank));

    private void WaitForCheckpoint(CliProcess process) => RankProcess.WaitForCheckpoint(Run, 4, process);

    private void Signal(string signal, int rank) => RankProcess.Signal(Run, signal, rank);
}
