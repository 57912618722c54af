using Reverie.Dreams;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Training;

[NoTensorLeaks]
public sealed class OpenLoopDreamTests
{
    private const int Rows = 9, From = 1, Length = 6, Context = 2;
    private const ulong Seed = 5;

    [Theory]
    [InlineData("pixels", true, false)]
    [InlineData("vector", false, true)]
    [InlineData("both", true, true)]
    public void EachKindThatIsSeenIsDreamt(string encoder, bool pictures, bool vectors)
    {
        var layout = SmallPlaNet.LayoutOf(encoder);
        using var agent = SmallPlaNet.Agent(layout: layout);
        var dream = OpenLoopDream.Of(agent, Episode(layout), From, Length, Context, Seed);
        Assert.Equal(pictures, dream.Pictures is not null);
        Assert.Equal(vectors, dream.Vectors is not null);
        if (dream.Pictures is { } clip)
            Assert.Equal((Length, 64, 64, Context), (clip.Count, clip.Height, clip.Width, clip.ContextFrames));
        if (dream.Vectors is { } curves)
            Assert.Equal((Length, layout.VectorSize, Context), (curves.Count, curves.Names.Count, curves.ContextRows));
    }

    [Fact]
    public void VectorsComeBackOnTheScaleOfTheEnvironment()
    {
        var layout = SmallPlaNet.LayoutOf("vector");
        using var agent = SmallPlaNet.Agent(layout: layout);
        var episode = Episode(layout);
        var curves = OpenLoopDream.Of(agent, episode, From, Length, Context, Seed).Vectors!;
        Assert.Equal(episode.Vector[(From * 4)..((From + Length) * 4)], curves.Truth);

        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device.Cpu, Seed);
        var batch = new SequenceBatch(layout, Length, 1);
        batch.CopyFrom(episode, From, Length, 0, 0);
        var features = agent.Model.OpenLoop(ModelBatch.From(batch, Device.Cpu), Context, noise, (long)Seed);
        var means = agent.Model.Decode(features)["vector"].Mean.ToArray<float>();
        Assert.Equal(means.Length, curves.Model.Length);
        for (var i = 0; i < means.Length; i++)
            Assert.Equal(Math.Sign(means[i]) * (Math.Exp(Math.Abs(means[i])) - 1), curves.Model[i], 4);
    }

    [Fact]
    public void AContextThatLeavesNothingToImagineIsRefused()
    {
        var layout = SmallPlaNet.LayoutOf("vector");
        using var agent = SmallPlaNet.Agent(layout: layout);
        var error = Assert.ThrowsAny<ReverieException>(() =>
            OpenLoopDream.Of(agent, Episode(layout), 5, Length, Rows - 5, Seed));
        Assert.Contains("nothing to imagine", error.Message, StringComparison.Ordinal);
    }

    private static Episode Episode(EpisodeLayout layout)
    {
        var random = new RandomSource(2);
        var recorder = new EpisodeRecorder(layout);
        recorder.Begin(SmallPlaNet.Observations(layout, 0, true)[0]);
        for (var t = 1; t < Rows; t++)
            recorder.Add([(float)random.NextDouble(-1, 1), (float)random.NextDouble(-1, 1)],
                SmallPlaNet.Observations(layout, (ulong)t, false)[0] with { IsLast = t == Rows - 1 });
        return recorder.Finish();
    }
}
