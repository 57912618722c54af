using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class RmsNormTests
{
    [Fact]
    public void MatchesTheVector()
    {
        using var scope = new TensorScope();
        using var norm = Make(4, DType.Float64);
        Near.Equal([0.399997, 0.799994, -0.799994, 1.599987], norm.Forward(FromArray([1.0, 2, -2, 4], [1, 4])), 1e-6);
        Assert.Equal(["scale"], norm.NamedParameters().Select(parameter => parameter.Name));
        Assert.Equal(new double[4], norm.Forward(Zeros([1, 4], DType.Float64)).ToArray<double>());
    }

    /// <summary>dy_i/dx_j = s_i·(δ_ij·r − x_i·x_j·r³/D) with r = 1/√(mean x² + ε).</summary>
    [Fact]
    public void GradientsAreThoseOfTheFormula()
    {
        using var scope = new TensorScope();
        using var norm = Make(3, DType.Float64);
        double[] x = [1, -2, 0.5], s = [2, 3, -1], g = [0.3, -0.7, 1.1];
        Scale(norm, s);
        var input = FromArray(x, [1, 3]).SetRequiresGrad(true);
        var y = norm.Forward(input);
        var gradients = Reverie.Torch.Torch.Grad((y * FromArray(g, [1, 3])).Sum(), [input, norm.Parameters()[0]]);
        var r = 1 / Math.Sqrt(x.Sum(one => one * one) / 3 + 1e-4);
        var along = Enumerable.Range(0, 3).Sum(i => g[i] * s[i] * x[i]);
        Near.Equal([.. x.Select((one, i) => g[i] * s[i] * r - one * along * r * r * r / 3)], gradients[0]!);
        Near.Equal([.. x.Select((one, i) => g[i] * one * r)], gradients[1]!);
    }

    /// <summary>One pass with the activation after it, in the types that training has, against the plain operators in
    /// float64.</summary>
    [Theory]
    [InlineData(DType.Float32, DType.Float32, true)]
    [InlineData(DType.Float32, DType.Float32, false)]
    [InlineData(DType.BFloat16, DType.Float32, true)]
    [InlineData(DType.BFloat16, DType.BFloat16, true)]
    [InlineData(DType.BFloat16, DType.BFloat16, false)]
    public void OnePassIsThePlainOne(DType from, DType to, bool silu)
    {
        for (ulong seed = 1; seed <= 5; seed++)
            foreach (var width in new[] { 1, 8, 21, 64 })
            {
                using var scope = new TensorScope();
                using var random = new Generator(Device.Cpu, seed);
                var x = (Randn([5, 7, width], random) * 2).To(from);
                var scale = Randn([width], random);
                OnePass.Same([x, scale], to, both => both[0].RmsNorm(both[1], 1e-4, silu,
                    both[0].DType == DType.Float64 ? DType.Float64 : to));
            }
    }

    /// <summary>Pictures are normalised over the channels of each pixel, and stay in their type and layout.</summary>
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void ChannelsAreNormalisedPixelByPixel(DType type)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var norm = Make(5, DType.Float32);
        Scale(norm, [1, 2, 3, 4, 5]);
        var x = Randn([2, 5, 3, 4], noise).To(type).Contiguous(MemoryFormat.ChannelsLast);
        var y = norm.ForwardChannels(x);
        Assert.Equal(type, y.DType);
        Assert.True(y.Permute(0, 2, 3, 1).IsContiguous);
        var rows = norm.Forward(x.Permute(0, 2, 3, 1));
        Assert.Equal(DType.Float32, rows.DType);
        Assert.Equal(rows.To(type).To(DType.Float32).ToArray<float>(),
            y.Permute(0, 2, 3, 1).To(DType.Float32).ToArray<float>());
    }

    /// <summary>Squares of bfloat16 are added up in float32: in bfloat16 a sum of 4096 ones stops at 256.</summary>
    [Fact]
    public void SumsAreFloat32WhateverTheInput()
    {
        using var scope = new TensorScope();
        using var norm = Make(4096, DType.Float32);
        Near.Equal(1 / Math.Sqrt(1.0001), norm.Forward(Ones([1, 4096], DType.BFloat16)).Min(), 1e-6);
    }

    private static RmsNorm Make(long units, DType type)
    {
        using var generator = new Generator(Device.Cpu, 1);
        return new RmsNorm(units, new Initializer(Device.Cpu, generator) { DType = type });
    }

    private static void Scale(RmsNorm norm, double[] values)
    {
        using var noGrad = new NoGrad();
        norm.Parameters()[0].Copy_(FromArray(values, [values.Length]));
    }
}
