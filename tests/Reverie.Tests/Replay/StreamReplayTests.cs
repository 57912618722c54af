using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Replay;

/// <summary>Every row says where it stands: its latent in the stream, everything else in its episode.</summary>
public sealed class StreamReplayTests : IDisposable
{
    private static readonly LatentRows Shape = new(2, 1, 300, DType.Float32);

    private static readonly ReplayConfig Small = new() { BatchSize = 6, ChunkLength = 5, Online = false };

    private readonly TemporaryDirectory directory = new();
    private readonly List<string> lines = [];

    public void Dispose() => directory.Dispose();

    [Fact]
    public void ChunksRunOnOverTheEndsOfEpisodesAndKnowTheRowBeforeThem()
    {
        var replay = Open(Small, 3);
        var players = StreamPlayer.Of(replay, 1, 4, 30);
        var (batch, ends) = (replay.CreateBatch(), 0);
        for (var tick = 0; tick < 100; tick++)
        {
            foreach (var player in players) player.Play();
            if (tick < 10) continue;
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
            {
                StreamPlayer.AssertFollows(batch, b, players);
                ends += Enumerable.Range(0, batch.L).Count(t => batch.IsLast[t * batch.B + b]);
            }
        }
        Assert.True(ends > 300);
        Assert.Equal(300, replay.RowsAdded);
    }

    [Fact]
    public void PlacesToBeginAreAllAlike()
    {
        var replay = Open(Small, 3);
        var players = StreamPlayer.Of(replay, 3, 50, 2);
        for (var i = 0; i < 20; i++) players[0].Play();
        for (var i = 0; i < 40; i++) players[1].Play();     // of an episode that is not over
        for (var i = 0; i < 4; i++) players[2].Play();      // too few for a chunk
        Assert.Equal(15 + 35, replay.Starts);
        var (batch, counts) = (replay.CreateBatch(), new Dictionary<(int, int), int>());
        const int Draws = 2000;
        for (var draw = 0; draw < Draws; draw++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
                counts[StreamPlayer.Context(batch, b)] = counts.GetValueOrDefault(StreamPlayer.Context(batch, b)) + 1;
        }
        Assert.Equal(
            Enumerable.Range(0, 15).Select(place => (0, place)).Concat(Enumerable.Range(0, 35).Select(place => (1, place))),
            counts.Keys.Order());
        var expected = Draws * batch.B / 50.0;
        var chiSquare = counts.Values.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 24, 86);      // 49 degrees of freedom: one in a thousand beyond either
    }

    [Fact]
    public void EveryRowComesOnceAsSoonAsItCanBeforeAnyIsDrawn()
    {
        var replay = Open(Small with { Online = true, BatchSize = 3 }, 2);
        var players = StreamPlayer.Of(replay, 3, 8);
        var (batch, contexts) = (replay.CreateBatch(), new List<(int, int)>());
        for (var tick = 1; tick <= 60; tick++)
        {
            foreach (var player in players) player.Play();
            if (tick % 12 != 0) continue;
            Assert.Equal(4, replay.PiecesWaiting);
            replay.Sample(batch);
            for (var b = 0; b < 3; b++) contexts.Add(StreamPlayer.Context(batch, b));
            Assert.Equal(1, replay.PiecesWaiting);
            replay.Sample(batch);
            contexts.Add(StreamPlayer.Context(batch, 0));
            Assert.Equal(0, replay.PiecesWaiting);
            StreamPlayer.AssertFollows(batch, 0, players);
        }
        Assert.Equal(Enumerable.Range(0, 10).SelectMany(piece => new[] { (0, 6 * piece), (1, 6 * piece) }), contexts);
    }

    [Fact]
    public void ChunksBegunFromZerosKnowNothingAndGiveNoLatentsBack()
    {
        var replay = Open(Small with { ZeroStarts = 0.5, Online = true }, 2);
        var players = StreamPlayer.Of(replay, 3, 50);
        for (var tick = 0; tick < 60; tick++)
            foreach (var player in players) player.Play();
        var batch = replay.CreateBatch();
        var (kept, given) = (0, 0);
        for (var draw = 0; draw < 300; draw++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
            {
                var deter = batch.Context!.Deter.AsSpan(2 * b, 2);
                if (b >= 3) Assert.Equal((0, 0, 0), (deter[0], deter[1], batch.Context.Classes[b]));
                else if (deter[0] == -1) given++;
                else
                {
                    StreamPlayer.AssertFollows(batch, b, players);
                    kept++;
                }
            }
            for (var i = 0; i < batch.Latents!.Rows; i++)
                batch.Latents.Deter[2 * i] = i % batch.B >= 3 ? float.NaN : -1;
            replay.WriteBack(batch);
        }
        Assert.InRange(kept, 10, 800);
        Assert.InRange(given, 100, 890);
    }

    [Fact]
    public void OldestEpisodesLeaveAndTheirFilesStay()
    {
        var replay = Open(Small with { Capacity = 40, Online = true }, 2);
        var players = StreamPlayer.Of(replay, 7, 3);
        var batch = replay.CreateBatch();
        for (var tick = 1; tick <= 200; tick++)
        {
            foreach (var player in players) player.Play();
            Assert.InRange(replay.Rows, Math.Min(40, 2 * tick - 4), 40 + 8 + 1);
        }
        Assert.True(replay.PiecesWaiting < 12);
        for (var draw = 0; draw < 100; draw++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
            {
                StreamPlayer.AssertFollows(batch, b, players);
                Assert.InRange(StreamPlayer.Context(batch, b).Place, 200 - 30, 200 - 6);
            }
        }
        Assert.Equal(25 + 50, Directory.GetFiles(directory.Path).Length);
        Assert.Equal(75, replay.Manifest.Files.Count);
        Assert.Equal(400, replay.RowsAdded);
    }

    [Fact]
    public void AnEpisodeLongerThanAllThatIsKeptStaysWhileItIsTheNewest()
    {
        var replay = Open(Small with { Capacity = 20 }, 1);
        var player = StreamPlayer.Of(replay, 60)[0];
        for (var i = 0; i < 61; i++) player.Play();
        Assert.Equal(61, replay.Rows);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i < 2 ? 61 : 61 + i, replay.Rows);
            player.Play();
        }
        Assert.Equal(20, replay.Rows);
    }

    [Fact]
    public void AResetCountsWithTheDecisionAfterItAndNothingIsLeftOfOneWithout()
    {
        var replay = Open(Small, 1);
        var player = StreamPlayer.Of(replay, 9)[0];
        player.Play();
        Assert.Equal((0, 1), (replay.RowsAdded, replay.UnderWay(0)));
        Assert.Null(player.Abandon());
        Assert.Equal((0, 0), (replay.RowsAdded, replay.UnderWay(0)));
        for (var i = 0; i < 3; i++) player.Play();
        Assert.Equal((3, 3), (replay.RowsAdded, replay.UnderWay(0)));
        Assert.Equal([false, false, true], player.Abandon()!.IsLast);
        for (var i = 0; i < 10; i++) player.Play();
        Assert.Equal(13, replay.RowsAdded);
        Assert.Equal([3, 10], replay.Manifest.Files.Select(name => EpisodeFile.TryParse(name)!.Rows));
        var batch = replay.CreateBatch();
        replay.Sample(batch);
        for (var b = 0; b < batch.B; b++)
            for (var t = 0; t + 1 < batch.L; t++)
                Assert.Equal(batch.IsLast[t * batch.B + b], batch.IsFirst[(t + 1) * batch.B + b]);
        Assert.DoesNotContain(true, batch.IsTerminal);
    }

    [Fact]
    public void NewerLatentsTakeThePlaceOfTheOldOnesAndRowsThatLeftArePassedOver()
    {
        var replay = Open(Small with { Capacity = 30 }, 2);
        var players = StreamPlayer.Of(replay, 5, 5);
        for (var i = 0; i < 18; i++)
            foreach (var player in players) player.Play();
        var batch = replay.CreateBatch();
        replay.Sample(batch);
        var rows = new HashSet<(int, int)>();
        for (var b = 0; b < batch.B; b++)
            for (var t = 0; t < batch.L; t++)
            {
                var (stream, place) = StreamPlayer.Context(batch, b);
                rows.Add((stream, place + 1 + t));
                batch.Latents!.Deter[2 * (t * batch.B + b)] = stream + 10;
                batch.Latents.Deter[2 * (t * batch.B + b) + 1] = place + 1 + t;
                batch.Latents.Classes[t * batch.B + b] = 7;
            }
        for (var i = 0; i < 6; i++)
            foreach (var player in players) player.Play();      // the first episodes leave
        replay.WriteBack(batch);
        var (seen, other) = (0, replay.CreateBatch());
        for (var draw = 0; draw < 100; draw++)
        {
            replay.Sample(other);
            for (var b = 0; b < other.B; b++)
            {
                var (stream, place) = StreamPlayer.Context(other, b);
                Assert.Equal(stream >= 10, rows.Contains((stream % 10, place)));
                Assert.Equal(stream >= 10 ? 7 : place % 300, other.Context!.Classes[b]);
                seen += stream >= 10 ? 1 : 0;
            }
        }
        Assert.InRange(seen, 1, 100 * other.B - 1);
        Assert.Throws<ArgumentException>(() => replay.WriteBack(batch));
    }

    [Fact]
    public void AFileThatIsDamagedLeavesNoGap()
    {
        var config = Small with { MemoryGb = 0, Online = true };
        var replay = Open(config, 2);
        var players = StreamPlayer.Of(replay, 4, 6);
        for (var i = 0; i < 35; i++)
            foreach (var player in players) player.Play();
        // The third of stream 0, rows 10 to 14.
        var lost = replay.State.Streams[0].Episodes[2];
        File.WriteAllText(directory[lost], "nothing");
        var (batch, resets) = (replay.CreateBatch(), 0);
        for (var draw = 0; draw < 60; draw++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
            {
                var (stream, place) = StreamPlayer.Context(batch, b);
                Assert.False(stream == 0 && place is >= 10 and < 15);
                for (var t = 0; t + 1 < batch.L; t++)
                    if (batch.IsLast[t * batch.B + b])
                        Assert.True(batch.IsFirst[(t + 1) * batch.B + b]);
                    else
                        Assert.Equal(batch.Vector[3 * (t * batch.B + b)] + 1, batch.Vector[3 * ((t + 1) * batch.B + b)]);
                resets += stream == 0 && place == 9 ? 1 : 0;
            }
        }
        Assert.True(resets > 0);
        Assert.Equal(70 - 5, replay.Rows);
        Assert.Single(lines, line => line.Contains(lost) && line.EndsWith("going on without it"));
    }

    [Fact]
    public void TooFewRowsAreOneLine()
    {
        var replay = Open(Small, 2);
        foreach (var player in StreamPlayer.Of(replay, 3, 3))
            for (var i = 0; i < 5; i++) player.Play();
        Assert.False(replay.CanSample);
        Assert.Equal("replay: none of 2 environments has played the 6 rows of a chunk and the one before it",
            Assert.ThrowsAny<ReverieException>(() => replay.Sample()).Message);
    }

    [Fact]
    public void ATypeOfTwoBytesRoundsAsLibtorchDoes()
    {
        using var scope = new TensorScope();
        var random = new RandomSource(4);
        float[] values =
        [
            .. Enumerable.Range(0, 1000).Select(_ => (float)random.NextGaussian()), 0, -0f, 1 + 1 / 256f, 1 + 3 / 256f,
            float.MaxValue, float.Epsilon, float.NegativeInfinity,
        ];
        var shape = new LatentRows(values.Length, 2, 257, DType.BFloat16);
        Assert.Equal(2 * values.Length + 4, shape.BytesPerRow);
        var (chunk, packed) = (new LatentChunk(shape, 1), new byte[shape.BytesPerRow]);
        values.CopyTo(chunk.Deter, 0);
        (chunk.Classes[0], chunk.Classes[1]) = (256, 3);
        chunk.Pack(0, packed);
        var back = new LatentChunk(shape, 1);
        back.Unpack(0, packed);
        Assert.Equal(Tensor.FromArray(values, [values.Length]).To(DType.BFloat16).To(DType.Float32).ToArray<float>(),
            back.Deter);
        Assert.Equal([256, 3], back.Classes);
        chunk.Classes[1] = 257;
        Assert.Throws<ArgumentException>(() => chunk.Pack(0, packed));
    }

    private StreamReplay Open(ReplayConfig config, int count, LatentRows? shape = null) =>
        new(new EpisodeStore(directory.Path, seed: 0, report: lines.Add), Episodes.Layout(), shape ?? Shape, config, count,
            new RandomSource(9));
}
