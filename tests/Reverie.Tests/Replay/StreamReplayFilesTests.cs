using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Replay;

/// <summary>Streams of rows that are saved and read again.</summary>
public sealed class StreamReplayFilesTests : IDisposable
{
    private static readonly LatentRows Shape = new(2, 1, 300, DType.Float32);

    private static readonly ReplayConfig Small = new() { BatchSize = 6, ChunkLength = 5, Online = false };

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void WhatIsSavedGoesOnAlike(DType type)
    {
        var config = Small with { Capacity = 60, Online = true };
        var replay = Open(config, 3, Shape with { Type = type });
        var players = StreamPlayer.Of(replay, 4, 11, 200);
        for (var i = 0; i < 30; i++)
            foreach (var player in players) player.Play();
        players[2].Abandon();
        players[2].Play();      // a reset without a decision
        var saved = Directory.CreateDirectory(directory["saved"]).FullName;
        replay.SaveTo(saved);
        Assert.Null(replay.State.Fault(replay.Manifest));
        Assert.Equal(replay.State.LatentBytes, new FileInfo(Path.Combine(saved, "latents.bin")).Length);
        Assert.Equal(replay.State.Files.Order(), Directory.GetFiles(saved).Select(path => Path.GetFileName(path)).Order());
        var again = new StreamReplay(new EpisodeStore(directory.Path), Episodes.Layout(), replay.Latents, config, 3,
            new RandomSource(replay.Random.State), replay.State, saved);
        var others = players.Select(player => player.In(again)).ToArray();
        for (var i = 0; i < 40; i++)
        {
            // The same rows, but only one of the two writes them: the store is one.
            var (one, two) = (replay.CreateBatch(), again.CreateBatch());
            replay.Sample(one);
            again.Sample(two);
            Assert.Equal(one.Vector, two.Vector);
            Assert.Equal(one.Image, two.Image);
            Assert.Equal(one.Context!.Deter, two.Context!.Deter);
            Assert.Equal(one.Context.Classes, two.Context.Classes);
        }
        Assert.Equal(replay.PiecesWaiting, again.PiecesWaiting);
        Assert.Equal((replay.Rows, replay.RowsAdded), (again.Rows, again.RowsAdded));
        others[1].Play();
        Assert.Equal(replay.UnderWay(1) + 1, again.UnderWay(1));
    }

    [Fact]
    public void AnAgentOfAnotherTypeTakesTheLatentsOverAndOneOfOtherSizesIsRefused()
    {
        var replay = Open(Small, 1);
        var player = StreamPlayer.Of(replay, 50)[0];
        for (var i = 0; i < 20; i++) player.Play();
        var saved = Directory.CreateDirectory(directory["saved"]).FullName;
        replay.SaveTo(saved);
        var again = Reopen(Shape with { Type = DType.BFloat16 });
        var batch = again.Sample();
        for (var b = 0; b < batch.B; b++) StreamPlayer.AssertFollows(batch, b, [player]);
        Assert.Contains("not of 1 and 2 + 1 of 7 in Float32",
            Assert.ThrowsAny<ReverieException>(() => Reopen(Shape with { Classes = 7 })).Message);

        StreamReplay Reopen(LatentRows shape) => new(new EpisodeStore(directory.Path), Episodes.Layout(), shape, Small, 1,
            new RandomSource(3), replay.State, saved);
    }

    private StreamReplay Open(ReplayConfig config, int count, LatentRows? shape = null) =>
        new(new EpisodeStore(directory.Path), Episodes.Layout(), shape ?? Shape, config, count, new RandomSource(9));
}
