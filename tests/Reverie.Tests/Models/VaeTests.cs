using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Models;

/// <summary>V: its numbers, and that it learns.</summary>
[NoTensorLeaks]
public sealed class VaeTests
{
    /// <summary>A golden divergence from N(0, I), and the floor in the loss.</summary>
    [Fact]
    public void TheDivergenceHasAFloor()
    {
        using var scope = new TensorScope();
        var encoding = Tensor.FromArray([.5, -1, -.2, .3], [1, 4]);
        Near.Equal(0.6592947803269924, Vae.Divergence(encoding));
        Near.Equal([.5, -1], Vae.Latent(encoding).Mean);
        Near.Equal([Math.Exp(-.1), Math.Exp(.15)], Vae.Latent(encoding).Std);
        using var vae = Make(8, depth: 2);
        var (_, kl) = vae.Losses(Tensor.Zeros([3, 3, 64, 64]), Tensor.Zeros([3, 8]));
        Assert.All(kl.ToArray<float>(), nats => Assert.True(nats >= 4));
    }

    [Fact]
    public void TheLossOfAPictureIsTheSumOfSquares()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var vae = Make(8, depth: 2);
        var images = Tensor.Rand([2, 3, 64, 64], noise);
        var epsilon = Tensor.Randn([2, 8], noise);
        var latents = Vae.Latent(vae.Encode(images));
        var decoded = vae.Decode(latents.Mean + latents.Std * epsilon);
        Assert.InRange(decoded.Min().Item(), 0, 1);
        Near.Equal((images - decoded).Square().Flatten(1).Sum(-1).ToArray<float>().Select(x => (double)x).ToArray(),
            vae.Losses(images, epsilon).Image, 1e-5);
    }

    [Fact]
    public void BytesComeBack()
    {
        using var scope = new TensorScope();
        var bytes = Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i % 256)).ToArray();
        var images = Tensor.FromArray(bytes, [1, 64, 64, 3]).Permute(0, 3, 1, 2);
        var scaled = Vae.Preprocess(images);
        Assert.Equal((0, 1), (scaled.Min().Item(), scaled.Max().Item()));
        Assert.Equal(bytes, Vae.Postprocess(scaled));
    }

    /// <summary>Bars on either side of a picture: a latent tells them apart, and the picture comes back.</summary>
    [Fact]
    public void LearnsPictures()
    {
        using var scope = new TensorScope();
        using var one = new ThreadLimit(1);
        using var noise = new Generator(Device.Cpu, 2);
        using var vae = Make(4, depth: 2);
        using var adam = new Adam(vae.NamedParameters(), new AdamOptions { LearningRate = 3e-3 });
        var images = Tensor.Stack([Bar(0), Bar(40)]);
        double Step()
        {
            using var inner = new TensorScope();
            var (image, kl) = vae.Losses(images, Tensor.Randn([2, 4], noise));
            adam.Step((image + kl).Mean());
            return image.Mean().Item();
        }
        var first = Step();
        for (var i = 0; i < 50; i++) Step();
        Assert.InRange(Step(), 0, first / 2);
    }

    private static Tensor Bar(int column) => Tensor.Cat(
        [Tensor.Zeros([3, 64, column]), Tensor.Ones([3, 64, 24]), Tensor.Zeros([3, 64, 40 - column])], -1);

    private static Vae Make(int latents, int depth)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        return new(new VaeConfig { Latents = latents }, new ImageSpace(), depth, DType.Float32, new Initializer(Device.Cpu, random));
    }
}
