using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Models;

/// <summary>
/// Time on its whole way from an environment to the latent dynamics. On row t the picture and the vector say t and the
/// action that led there is t; a chain that adds actions to what it saw last therefore expects (t − 1) + t on row t.
/// </summary>
[NoTensorLeaks]
public sealed class ModelBatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ActionsRewardsAndPicturesArriveOnTheirRows(bool crossEpisode)
    {
        using var directory = new TemporaryDirectory();
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var chain = new LinearChain(new Initializer(Device.Cpu, random), decay: 1, gain: 1, deviation: 1);
        var replay = new ReplayBuffer(new EpisodeStore(directory.Path), Episodes.Layout(),
            new() { BatchSize = 4, ChunkLength = 6, CrossEpisode = crossEpisode }, new RandomSource(2), _ => { });
        foreach (var decisions in new[] { 9, 5, 7 }) replay.Add(Episodes.Counting(decisions));

        var (beginnings, inside) = (0, 0);
        for (var draw = 0; draw < 20; draw++)
        {
            var rows = replay.Sample();
            var batch = ModelBatch.From(rows, Device.Cpu);
            Assert.Equal([batch.Length * batch.Batch, 3, 2, 3], batch.Seen.Image!.Shape.ToArray());
            var time = batch.Seen.Image!.Select(1, 0).Select(1, 0).Select(1, 0).To(DType.Float32)
                .Reshape(batch.Length, batch.Batch, 1);                     // first channel of the first pixel
            var (posterior, prior) = chain.Observe(Tensor.Cat([time, Tensor.Ones(time.Shape)], -1), batch.Action,
                batch.Continues, chain.Initial(batch.Batch), Tensor.Zeros(time.Shape));
            var (seen, expected) = (posterior.Stoch.ToArray<float>(), prior.Mean.ToArray<float>());
            var reward = batch.Reward.ToArray<float>();
            var vector = batch.Seen.Vector!.ToArray<float>();               // (L·B, 3): t, then the action that led there
            Assert.Equal(rows.Vector, vector);
            for (var i = 0; i < seen.Length; i++)
            {
                var t = (int)vector[i * rows.Layout.VectorSize];
                var chunkBegins = i < rows.B;
                Assert.Equal(t, seen[i]);
                Assert.Equal(CountingEnvironment.RewardAt(t), reward[i]);
                Assert.Equal(t == 0 ? 0 : chunkBegins ? t : t - 1 + t, expected[i]);
                beginnings += t == 0 && chunkBegins ? 1 : 0;
                inside += t == 0 && !chunkBegins ? 1 : 0;
            }
        }
        Assert.True(beginnings > 0);
        Assert.Equal(crossEpisode, inside > 0);
    }

    [Fact]
    public void PicturesKeepTheirPixels()
    {
        using var scope = new TensorScope();
        var batch = new SequenceBatch(new EpisodeLayout(new ImageSpace(2, 3, 3), 0, 1), 2, 1);
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)i;
        var image = ModelBatch.From(batch, Device.Cpu).Seen.Image!;       // (2, 3, 2, 3)
        for (var row = 0; row < 2; row++)
            for (var y = 0; y < 2; y++)
                for (var x = 0; x < 3; x++)
                    for (var c = 0; c < 3; c++)
                        Assert.Equal(row * 18 + y * 9 + x * 3 + c, image[row][c][y][x].Item());
    }

    [Fact]
    public void OnlyResetsInsideAChunkNeedAMask()
    {
        using var scope = new TensorScope();
        var batch = new SequenceBatch(new EpisodeLayout(new ImageSpace(2, 3, 3), 0, 1), 3, 2);
        batch.IsFirst[0] = true;
        Assert.Null(ModelBatch.From(batch, Device.Cpu).Continues);
        batch.IsFirst[3] = true;        // row 1 of chunk 1
        Assert.Equal([0f, 1, 1, 0, 1, 1], ModelBatch.From(batch, Device.Cpu).Continues!.ToArray<float>());
    }

    [Fact]
    public void RowsAreNarrowedTogether()
    {
        using var scope = new TensorScope();
        var batch = new SequenceBatch(new EpisodeLayout(new ImageSpace(2, 3, 3), 1, 1), 4, 2);
        batch.IsFirst[5] = true;        // row 2 of chunk 1
        for (var i = 0; i < 8; i++)
        {
            (batch.Vector[i], batch.Action[i], batch.Reward[i]) = (i, i, i);
            batch.Image.AsSpan(i * 18, 18).Fill((byte)i);
        }
        var middle = ModelBatch.From(batch, Device.Cpu).Narrow(1, 2);
        Assert.Equal((2, 2), (middle.Length, middle.Batch));
        float[] rows = [2, 3, 4, 5];
        Assert.Equal(rows, middle.Seen.Vector!.ToArray<float>());
        Assert.Equal(rows, middle.Seen.Image!.To(DType.Float32).Mean([1, 2, 3]).ToArray<float>());
        Assert.Equal(rows, middle.Action.ToArray<float>());
        Assert.Equal(rows, middle.Reward.ToArray<float>());
        Assert.Equal([1f, 1, 1, 0], middle.Continues!.ToArray<float>());
    }

    [Fact]
    public void WhatIsNotSeenIsNotThere()
    {
        using var scope = new TensorScope();
        var seen = ModelBatch.From(new SequenceBatch(new EpisodeLayout(null, 3, 1), 3, 2), Device.Cpu).Seen;
        Assert.Null(seen.Image);
        Assert.Equal([6, 3], seen["vector"].Shape.ToArray());
        Assert.Contains("no image", Assert.Throws<ArgumentException>(() => seen["image"]).Message, StringComparison.Ordinal);
    }
}
