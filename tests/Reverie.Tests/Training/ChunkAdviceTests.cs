using System.Text.RegularExpressions;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Episodes shorter than a chunk: every setting that the line names lets the run learn.</summary>
public sealed partial class ChunkAdviceTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, 0, 2, "")]
    [InlineData(1, 1, 2, "")]       // the task says so: known before anything is played
    [InlineData(4, 0, 2, "")]
    [InlineData(4, 4, 3, "")]
    [InlineData(3, 0, 2, "replay.prioritize_ends=true")]
    [InlineData(2, 0, 2, "replay.cross_episode=true")]
    [InlineData(2, 2, 1, "replay.cross_episode=true")]
    [InlineData(4, 0, 2, "loss.overshooting.distance=5")]
    public void WhatTheLineSaysWorks(int length, int said, int seeds, string also)
    {
        LineEnvironment.Register(_ => length, most: said);
        string[] set =
        [
            "task=" + LineEnvironment.Task, "environment.time_limit=0", "model.encoder=vector", "training.env_steps=12",
            "training.seed_episodes=" + seeds, "replay.chunk_length=10", .. also == "" ? (string[])[] : [also],
        ];
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(folder["short"], set));
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("time_limit", error.Message);
        string[] remedies = error.Message.Split("with ")[^1].Split(" or ");
        Assert.Equal(also.StartsWith("loss", StringComparison.Ordinal) ? 1 : 2, remedies.Length);
        for (var i = 0; i < remedies.Length; i++)
        {
            string[] more = [.. Sets().Matches(remedies[i]).Select(match => match.Groups[1].Value)];
            Assert.NotEmpty(more);
            using var run = TinyRun.Open(folder[$"{i}"], [.. set, .. more]);
            run.Trainer.Run();
            Assert.True(run.Trainer.IsDone);
            Assert.True(run.Trainer.Counters.Updates > 0);
        }
    }

    [Fact]
    public void WhereMostAreTooShortNotEachIsALine()
    {
        var lines = new List<string>();
        var replay = new ReplayBuffer(new EpisodeStore(folder["many"]), Episodes.Layout(),
            new ReplayConfig { ChunkLength = 6, BatchSize = 2 }, new RandomSource(1), lines.Add);
        for (var i = 0; i < 25; i++) replay.Add(Episodes.Counting(3));
        Assert.False(replay.CanSample);
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("20 of 20 episodes have fewer rows than the 6 of", lines[^1], StringComparison.Ordinal);
    }

    [GeneratedRegex(@"--set (\S+)")]
    private static partial Regex Sets();
}
