using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Models;

/// <summary>Bytes to the decoder's scale and back.</summary>
[NoTensorLeaks]
public sealed class PictureScaleTests
{
    private static readonly byte[] Pixels = [0, 7, 8, 100, 127, 128, 255];

    [Theory]
    [InlineData(5, new[] { -.5, -.5, -.46875, -.125, -.03125, 0, .46875 }, new byte[] { 0, 0, 8, 96, 120, 128, 248 })]
    [InlineData(3, new[] { -.5, -.5, -.5, -.125, -.125, 0, .375 }, new byte[] { 0, 0, 0, 96, 96, 128, 224 })]
    [InlineData(8, new[] { -.5, -.47265625, -.46875, -.109375, -.00390625, 0, .49609375 },
        new byte[] { 0, 7, 8, 100, 127, 128, 255 })]
    public void StepsBeginWhereTheyShouldAndComeBack(int bits, double[] edges, byte[] back)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var model = new WorldModel(Tiny(bits), new(new ImageSpace(), 0, 1), DType.Float32, new(Device.Cpu, random));
        for (var i = 0; i < edges.Length; i++)
        {
            var scaled = model.Preprocess(new Observation(Tensor.Full([1, 3, 64, 64], Pixels[i], DType.UInt8), null), 17 + i).Image!;
            var step = 1.0 / (1 << bits);
            Assert.InRange(scaled.Min().Item(), edges[i], edges[i] + step / 100);      // 12288 draws come near the ends
            Assert.InRange(scaled.Max().Item(), edges[i] + step * 0.99, edges[i] + step * 0.999999);
            Assert.All(model.Postprocess(scaled), value => Assert.Equal(back[i], value));
        }
    }

    [Fact]
    public void FiveBitsAreThirtyTwoStepsOfEqualNoise()
    {
        using var scope = new TensorScope();
        const int Draws = 4096;
        var bytes = Tensor.Arange(0, 256, dtype: DType.UInt8).Unsqueeze(0).Repeat(Draws, 1);
        var scaled = bytes.Dequantize(5, 3) + 0.5;
        var codes = (scaled * 32).Floor().ToArray<float>();
        Assert.Equal(32, codes.Distinct().Count());
        for (var v = 0; v < 256; v++) Assert.Equal(v / 8, codes[v]);
        var levels = scaled.Reshape(Draws, 32, 8).Mean([0, 2]).ToArray<float>();
        // The noise spreads over the whole step, so that its average is that of its bytes, half a byte apart.
        for (var code = 0; code < 32; code++)
            Assert.InRange(levels[code] - (8 * code + 3.5) / 256, 1 / 512.0 - 2e-4, 1 / 512.0 + 2e-4);
    }

    [Fact]
    public void NoiseFollowsFromItsSeedWhateverTheThreads()
    {
        using var scope = new TensorScope();
        var bytes = Tensor.Full([6, 3, 64, 64], 77, DType.UInt8);
        var before = Reverie.Torch.Torch.Threads;
        try
        {
            Reverie.Torch.Torch.Threads = 1;
            var one = bytes.Dequantize(5, 8).ToArray<float>();
            Reverie.Torch.Torch.Threads = 2;
            Assert.Equal(one, bytes.Dequantize(5, 8).ToArray<float>());
            Assert.NotEqual(one, bytes.Dequantize(5, 9).ToArray<float>());
        }
        finally
        {
            Reverie.Torch.Torch.Threads = before;
        }
    }

    /// <summary>Straight from bytes to bfloat16 and by way of float32 are the same numbers.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public void NarrowNumbersAreTheWideOnesRounded(int bits)
    {
        using var scope = new TensorScope();
        var bytes = Tensor.Arange(0, 256, dtype: DType.UInt8).Unsqueeze(0).Repeat(40, 1);
        Assert.Equal(bytes.Dequantize(bits, 3).To(DType.BFloat16).To(DType.Float32).ToArray<float>(),
            bytes.Dequantize(bits, 3, DType.BFloat16).To(DType.Float32).ToArray<float>());
        Assert.Equal(bytes.ScaleBytes(bits).To(DType.BFloat16).To(DType.Float32).ToArray<float>(),
            bytes.ScaleBytes(bits, DType.BFloat16).To(DType.Float32).ToArray<float>());
    }

    /// <summary>What does not lie in memory in one piece goes another way, to the same scale.</summary>
    [Fact]
    public void WhiteStaysBelowOneHalfInEveryLayout()
    {
        using var scope = new TensorScope();
        var white = Tensor.Full([1, 1], 255, DType.UInt8).Expand(3000, 4096);
        foreach (var bytes in new[] { white, white.Contiguous() })
        {
            var scaled = bytes.Dequantize(5, 4);
            Assert.InRange(scaled.Max().Item(), 0.4999, 0.4999999);
            Assert.InRange(scaled.Min().Item(), 0.46875, 0.46876);
            Assert.InRange(scaled.Mean().Item(), 0.484375 - 1e-4, 0.484375 + 1e-4);
        }
    }

    /// <summary>Without noise a level is one number, black −½ and white ½, in every layout.</summary>
    [Theory]
    [InlineData(8, new byte[] { 0, 7, 8, 100, 127, 128, 255 })]
    [InlineData(5, new byte[] { 0, 0, 8, 96, 120, 128, 248 })]
    public void WithoutNoiseLevelsComeBackAsTheyWere(int bits, byte[] back)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var config = Tiny(bits) with { ImageNoise = false };
        using var model = new WorldModel(config, new(new ImageSpace(), 0, 1), DType.Float32, new(Device.Cpu, random));
        for (var i = 0; i < back.Length; i++)
        {
            var even = Tensor.Full([1, 3, 64, 64], Pixels[i], DType.UInt8);
            foreach (var bytes in new[] { even, even.Narrow(0, 0, 1).Select(0, 0)[0].Select(0, 0).Expand(1, 3, 64, 64) })
            {
                var scaled = model.Preprocess(new Observation(bytes, null), i).Image!;
                var expected = (Pixels[i] >> (8 - bits)) / (double)((1 << bits) - 1) - 0.5;
                Assert.Equal(expected, scaled.Min().Item(), 1e-6);
                Assert.Equal(expected, scaled.Max().Item(), 1e-6);
                Assert.All(model.Postprocess(scaled), value => Assert.Equal(back[i], value));
            }
        }
    }

    private static ModelConfig Tiny(int bits) => new()
    {
        ImageBits = bits, CnnDepth = 1, Stoch = 2, Deter = 2, Hidden = 2, RewardLayers = 0,
    };
}
