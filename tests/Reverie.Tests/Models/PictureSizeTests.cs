using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Models;

/// <summary>Encoders and decoders of pictures of any size, with the published shapes at 64×64.</summary>
[NoTensorLeaks]
public sealed class PictureSizeTests
{
    public static TheoryData<string, int, int, int> Sizes
    {
        get
        {
            var all = new TheoryData<string, int, int, int>();
            foreach (var cnn in new[] { "planet", "pooled", "strided" })
                foreach (var (height, width, channels) in new[]
                {
                    (64, 64, 3), (84, 84, 3), (96, 96, 4), (120, 160, 3), (96, 128, 1), (16, 16, 1), (512, 17, 2), (65, 47, 12),
                    (33, 260, 3),
                })
                    all.Add(cnn, height, width, channels);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void APictureComesBackInItsOwnSizeAndMovesEveryLayer(string cnn, int height, int width, int channels)
    {
        using var one = new ThreadLimit(1);
        using var scope = new TensorScope();
        using var model = Model(cnn, new ImageSpace(height, width, channels));
        using var random = new Generator(Device.Cpu, 1);
        var picture = Tensor.Randn([2, channels, height, width], random);
        var embed = model.Embed(new(picture, null));
        Assert.Equal([2, model.Encoder.EmbedSize], embed.Shape.ToArray());
        var features = embed.Narrow(-1, 0, model.Dynamics.FeatureSize);
        var drawn = model.Decode(features)[Observation.ImageKind].Mean;
        Assert.Equal(picture.Shape.ToArray(), drawn.Shape.ToArray());
        // Every pixel is drawn by some layer: none stays what zeros would have made of it.
        Assert.NotEqual(0, drawn.Narrow(2, height - 1, 1).Narrow(3, width - 1, 1).Abs().Sum().Item());
        var parameters = model.Encoder.NamedParameters().Concat(model.Decoder.NamedParameters()).ToArray();
        var gradients =
            Reverie.Torch.Torch.Grad((drawn - picture).Square().Sum(), Array.ConvertAll(parameters, one => one.Value));
        foreach (var (name, gradient) in parameters.Select(one => one.Name).Zip(gradients))
            Assert.True(gradient!.Abs().Sum().Item() > 0, name);
    }

    [Fact]
    public void PublishedShapesAreThoseOf64By64()
    {
        using var scope = new TensorScope();
        Assert.Equal([(31, 31), (14, 14), (6, 6), (2, 2)], ImageEncoder.Maps(new()));
        Assert.Equal([(1, 1), (5, 5), (13, 13), (30, 30), (64, 64)], ImageDecoder.Maps(new()));
        Assert.Equal([5, 5, 6, 6], ImageDecoder.Maps(new()).Skip(1).Select(ImageDecoder.KernelTo));
        Assert.Equal([1024, 128, 64, 32, 3], ImageDecoder.Widths(new(), 32));
        Assert.Equal([(64, 64), (32, 32), (16, 16), (8, 8), (4, 4)], NormImageEncoder.Maps(new()));
        Assert.Equal([3, 32, 48, 64, 64], NormImageEncoder.Widths(new(), 16));
    }

    [Theory]
    [InlineData(84, 84, 4, 3, 2)]       // 41, 19, 8, 3 and back from 2, 7, 18, 40
    [InlineData(128, 128, 5, 2, 1)]     // one layer more each way
    [InlineData(32, 32, 3, 2, 1)]
    public void LayersFollowFromTheSize(int height, int width, int layers, int smallest, int first)
    {
        var space = new ImageSpace(height, width);
        Assert.Equal((layers, (smallest, smallest)), (ImageEncoder.Maps(space).Count, ImageEncoder.Maps(space)[^1]));
        Assert.Equal((layers + 1, (first, first)), (ImageDecoder.Maps(space).Count, ImageDecoder.Maps(space)[0]));
    }

    private static WorldModel Model(string cnn, ImageSpace space)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var config = new ModelConfig
        {
            Cnn = cnn, CnnDepth = 2, CnnActivation = "elu", Stoch = 2, Deter = 4, Hidden = 4, RewardLayers = 1, RewardUnits = 4, Blocks = 2,
        };
        return new WorldModel(config, new EpisodeLayout(space, 0, 1), DType.Float32, new Initializer(Device.Cpu, random));
    }
}
