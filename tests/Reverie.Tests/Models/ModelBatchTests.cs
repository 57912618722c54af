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
            Assert.Equal([batch.Length * batch.Batch, 3, 2, 3], batch.Image.Shape.ToArray());
            var time = batch.Image.Select(1, 0).Select(1, 0).Select(1, 0).To(DType.Float32)
                .Reshape(batch.Length, batch.Batch, 1);                     // first channel of the first pixel
            var (posterior, prior) = chain.Observe(Tensor.Cat([time, Tensor.Ones(time.Shape)], -1), batch.Action,
                batch.Continues, chain.Initial(batch.Batch), Tensor.Zeros(time.Shape));
            var (seen, expected) = (posterior.Stoch.ToArray<float>(), prior.Mean.ToArray<float>());
            var reward = batch.Reward.ToArray<float>();
            for (var i = 0; i < seen.Length; i++)
            {
                var t = (int)rows.Vector[i * rows.Layout.VectorSize];
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
        var image = ModelBatch.From(batch, Device.Cpu).Image;       // (2, 3, 2, 3)
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
    public void WithoutPicturesItSaysSo()
    {
        using var scope = new TensorScope();
        var batch = new SequenceBatch(new EpisodeLayout(null, 3, 1), 3, 2);
        var error = Assert.Throws<ReverieException>(() => ModelBatch.From(batch, Device.Cpu));
        Assert.Contains("no picture", error.Message, StringComparison.Ordinal);
    }
}
