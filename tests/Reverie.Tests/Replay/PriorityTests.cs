using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using Reverie.Torch;

namespace Reverie.Tests.Replay;

/// <summary>Chunks drawn by how much there was to be learned of them.</summary>
public sealed class PriorityTests : IDisposable
{
    private static readonly LatentRows Shape = new(2, 1, 300, DType.Float32, HasPriority: true);

    private static readonly ReplayConfig Small =
        new() { BatchSize = 8, ChunkLength = 5, Online = false, Priority = 0.6, Capacity = 90 };

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void TheTreeFindsWhatAddingUpFinds()
    {
        var (tree, numbers, random, begin) = (new PriorityTree(), new List<long>(), new RandomSource(1), 5L);
        tree.BeginAt(begin);
        for (var turn = 0; turn < 400; turn++)
        {
            tree.Add(random.NextInt(1000));
            numbers.Add(tree[begin + numbers.Count]);
            var changed = random.NextInt(numbers.Count);
            tree[begin + changed] = numbers[changed] = random.NextInt(1000);
            if (turn % 7 == 0 && numbers.Count > 3)
            {
                tree.DropBefore(begin + 3);
                (begin, numbers) = (begin + 3, numbers[3..]);
            }
            Assert.Equal(numbers.Sum(), tree.Total);
            if (tree.Total == 0) continue;
            var sum = random.NextInt((int)tree.Total);
            var (place, so) = (begin, sum);
            foreach (var number in numbers)
            {
                if (so < number) break;
                (so, place) = (so - (int)number, place + 1);
            }
            Assert.Equal(place, tree.Find(sum));
        }
    }

    /// <summary>Probabilities go with p^0.6 and weights with what makes up for them, so that a weighted mean is that of all.
    /// </summary>
    [Fact]
    public void ChunksComeAsOftenAsTheirPrioritiesSay()
    {
        var replay = Open();
        foreach (var player in StreamPlayer.Of(replay, 4, 30))
            for (var i = 0; i < 25; i++) player.Play();
        Assert.Equal(40, replay.Starts);
        var batch = replay.CreateBatch();
        for (var i = 0; i < 300; i++) LearnFrom(replay, batch);
        var all = Enumerable.Range(0, 40).Sum(i => Math.Pow(Priority(i / 20, i % 20), 0.6));
        var (counts, drawn) = (new int[40], 0);
        for (var i = 0; i < 4000; i++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++, drawn++)
            {
                var (stream, place) = StreamPlayer.Context(batch, b);
                counts[20 * stream + place]++;
                var probability = Math.Pow(Priority(stream, place), 0.6) / all;
                Assert.Equal(1, 40 * probability * batch.Weights[b], 1e-4);
            }
        }
        var error = Enumerable.Range(0, 40).Sum(i =>
        {
            var due = drawn * Math.Pow(Priority(i / 20, i % 20), 0.6) / all;
            return Math.Pow(counts[i] - due, 2) / due;
        });
        Assert.InRange(error, 10, 80);      // χ² of 39 degrees: within five deviations
    }

    [Fact]
    public void WhatIsNewComesFirstAndWhatHasLeftNoMore()
    {
        var replay = Open();
        var player = StreamPlayer.Of(replay, 9)[0];
        var batch = replay.CreateBatch();
        for (var i = 0; i < 400; i++)
        {
            player.Play();
            if (!replay.CanSample) continue;
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
            {
                var (_, place) = StreamPlayer.Context(batch, b);
                Assert.InRange(place, i - (int)replay.Rows, i - 5);
                batch.Priorities[b] = 0;
            }
            LeaveLatents(batch);
            // Ten thousand times as likely as all that was learned from.
            if (i > 50 && i % 10 > 1) Assert.Contains(Enumerable.Range(0, batch.B), b => StreamPlayer.Context(batch, b).Place == i - 5);
            replay.WriteBack(batch);
        }
        Assert.InRange(replay.Rows, 90, 99);
    }

    [Fact]
    public void AReplayThatGoesOnDrawsAlike()
    {
        var replay = Open();
        var players = StreamPlayer.Of(replay, 4, 30, 11);
        var batch = replay.CreateBatch();
        for (var i = 0; i < 77; i++)
        {
            foreach (var player in players) player.Play();
            if (i > 8) LearnFrom(replay, batch);
        }
        var saved = Directory.CreateDirectory(directory["saved"]).FullName;
        replay.SaveTo(saved);
        FinishedRuns.Copy(directory["episodes"], directory["copies"]);
        var other = Open("copies", replay, saved);
        var twins = players.Select(player => player.In(other)).ToArray();
        var second = other.CreateBatch();
        for (var i = 0; i < 60; i++)
        {
            LearnFrom(replay, batch);
            LearnFrom(other, second);
            Assert.Equal(batch.Context!.Deter, second.Context!.Deter);
            Assert.Equal(batch.Weights, second.Weights);
            foreach (var player in players.Concat(twins)) player.Play();
        }
    }

    [Fact]
    public void APriorityBelowZeroIsRefused()
    {
        var replay = Open();
        foreach (var player in StreamPlayer.Of(replay, 30))
            for (var i = 0; i < 25; i++) player.Play();
        var batch = replay.Sample();
        batch.Priorities[3] = -1;
        Assert.Contains("chunk 3 has a priority of -1", Assert.Throws<ArgumentException>(() => replay.WriteBack(batch)).Message);
    }

    private static float Priority(int stream, int place) => 0.1f + stream + 3f * place % 7;

    private static void LearnFrom(StreamReplay replay, SequenceBatch batch)
    {
        replay.Sample(batch);
        for (var b = 0; b < batch.B; b++)
        {
            var (stream, place) = StreamPlayer.Context(batch, b);
            batch.Priorities[b] = Priority(stream, place);
        }
        LeaveLatents(batch);
        replay.WriteBack(batch);
    }

    // As they are: they say where rows stand.
    private static void LeaveLatents(SequenceBatch batch)
    {
        for (var row = 0; row < batch.L * batch.B; row++)
        {
            var (stream, place) = StreamPlayer.Context(batch, row % batch.B);
            var own = place + 1 + row / batch.B;
            (batch.Latents!.Deter[2 * row], batch.Latents.Deter[2 * row + 1], batch.Latents.Classes[row]) = (stream, own, own % 300);
        }
    }

    private StreamReplay Open(string episodes = "episodes", StreamReplay? from = null, string folder = "") =>
        new(new EpisodeStore(directory[episodes]), Episodes.Layout(), Shape, Small, 3,
            from is null ? new RandomSource(1) : new RandomSource(from.Random.State), from?.State, folder);
}
