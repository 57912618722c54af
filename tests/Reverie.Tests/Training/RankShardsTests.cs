using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Reverie.Configuration;
using Reverie.Environments.ControlSuite;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>A run of two ranks that is dealt out to one, broken off at every step.</summary>
public sealed class RankShardsTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public RankShardsTests() => ControlSuiteTasks.Register();

    public void Dispose() => folder.Dispose();

    [RanksTheory]
    [InlineData("planet")]
    [InlineData("dreamerv3")]
    public void WhatWasBrokenOffIsEnded(string agent)
    {
        var resolved = Resolved(agent);
        RankThreads.Run(2, group =>
        {
            using var work = TrainingRun.Open(folder["run"], resolved, null, false, group);
            return work.Train(NullLogger.Instance);
        });
        using (var run = RunDirectory.Open(folder["run"], resolved))
            RankShards.Write(run, resolved.Config, 2, NullLogger.Instance);
        var list = Path.Combine("dealt", "moves.json");
        var moves = JsonSerializer.Deserialize<string[][]>(File.ReadAllBytes(Path.Combine(folder["run"], list)))!;
        Assert.True(moves.Length > 2);

        var whole = Copy("whole", _ => { });
        Assert.False(Directory.Exists(Path.Combine(whole, "dealt")));
        Assert.Equal(moves.Length, Names(whole, "episodes").Length
            - Directory.GetFiles(Path.Combine(folder["run"], "dealt", "000", "episodes")).Length);
        foreach (var count in new[] { 1, moves.Length / 2, moves.Length })
            Same(whole, Copy($"moved {count}", run =>
            {
                foreach (var move in moves[..count]) File.Move(Path.Combine(run, move[0]), Path.Combine(run, move[1]));
            }));
        Same(whole, Copy("installed in part", run =>
        {
            foreach (var move in moves) File.Move(Path.Combine(run, move[0]), Path.Combine(run, move[1]));
            File.Move(Path.Combine(run, list), Path.Combine(run, list + ".done"));
            var one = Directory.GetFiles(Path.Combine(run, "dealt", "000", "episodes"))[0];
            File.Move(one, Path.Combine(run, "episodes", Path.GetFileName(one)));
            Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        }));

        // And the run of one goes on.
        var longer = resolved.Config with { Training = resolved.Config.Training with { EnvSteps = 640 } };
        using var one = TrainingRun.Open(whole, resolved with { Config = longer });
        Assert.True(one.Train(NullLogger.Instance));
    }

    [RanksFact]
    public void APartThatIsMissingIsNamed()
    {
        var resolved = Resolved("planet");
        RankThreads.Run(2, group =>
        {
            using var work = TrainingRun.Open(folder["run"], resolved, null, false, group);
            return work.Train(NullLogger.Instance);
        });
        Directory.Move(Path.Combine(folder["run"], "ranks", "001", "checkpoints"), folder["elsewhere"]);
        using var work = TrainingRun.Open(folder["run"], resolved);
        Assert.Equal($"{folder["run"]}: 2 ranks trained this run, and {Path.Combine(folder["run"], "ranks", "001")} has no whole "
            + "checkpoint, so that no other number can go on; put it back, or begin the run anew with --restart",
            Assert.Throws<DataException>(() => work.Train(NullLogger.Instance)).Message);
        Assert.False(Directory.Exists(Path.Combine(folder["run"], "dealt")));
    }

    private static ResolvedConfig Resolved(string agent) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack($"{agent},tiny,debug"),
        Overrides = [.. new[] { "task=cartpole_balance", "model.encoder=vector", "planner.candidates=8", "training.env_steps=480" }
            .Select(ConfigOverride.Parse)],
    });

    // A run as something left it, and opened again.
    private string Copy(string name, Action<string> left)
    {
        var run = folder[name];
        foreach (var path in Directory.GetFiles(folder["run"], "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(run, Path.GetRelativePath(folder["run"], path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }
        Directory.CreateDirectory(Path.Combine(run, "dealt", "000", "episodes"));
        left(run);
        RankShards.Install(run);
        return run;
    }

    private static void Same(string whole, string other)
    {
        foreach (var part in new[] { "episodes", "checkpoints", Path.Combine("ranks", "001") })
        {
            var names = Names(whole, part);
            Assert.Equal(names, Names(other, part));
            foreach (var name in names)
                Assert.Equal(File.ReadAllBytes(Path.Combine(whole, part, name)), File.ReadAllBytes(Path.Combine(other, part, name)));
        }
        Assert.False(Directory.Exists(Path.Combine(other, "dealt")));
        Assert.False(Directory.Exists(Path.Combine(other, "ranks", "001", "checkpoints")));
    }

    private static string[] Names(string run, string part) => [.. Directory
        .GetFiles(Path.Combine(run, part), "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Path.Combine(run, part), path)).Order(StringComparer.Ordinal)];
}
