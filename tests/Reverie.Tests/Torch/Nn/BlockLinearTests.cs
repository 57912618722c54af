using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class BlockLinearTests
{
    /// <summary>Two pieces, each through a matrix of its own, and no number of the other.</summary>
    [Fact]
    public void EachPieceHasAMatrixOfItsOwn()
    {
        using var scope = new TensorScope();
        using var layer = Make(InitRule.Glorot, 4, 6, 2);
        Assert.Equal(["weight", "bias"], layer.NamedParameters().Select(parameter => parameter.Name));
        Assert.Equal([2, 2, 3], layer.Parameters()[0].Shape);
        using (new NoGrad())
        {
            layer.Parameters()[0].Copy_(FromArray([1f, 2, 3, 10, 20, 30, 0, 1, 0, 1, 0, -1], [2, 2, 3]));
            layer.Parameters()[1].Copy_(FromArray([0f, 0, 0.5f, 100, 0, 0], [6]));
        }
        var y = layer.Forward(FromArray([1f, 2, 5, 7, 0, 1, 1, 0], [1, 2, 4]));
        Assert.Equal([1, 2, 6], y.Shape);
        Assert.Equal([21, 42, 63.5f, 107, 5, -7, 10, 20, 30.5f, 100, 1, 0], y.ToArray<float>());
    }

    /// <summary>Within rounding of the exact numbers, forwards and backwards; the last two are few numbers.</summary>
    [Theory]
    [InlineData(256, 128, 8, 33)]
    [InlineData(48, 96, 4, 70)]
    [InlineData(16, 16, 8, 3)]
    [InlineData(3, 3, 1, 1)]
    public void NumbersAreWithinTheirRounding(int inputs, int outputs, int blocks, int rows)
    {
        foreach (var type in new[] { DType.Float32, DType.BFloat16 })
        {
            using var scope = new TensorScope();
            using var random = new Generator(Device.Cpu, 5);
            using var layer = new BlockLinear(inputs, outputs, blocks, new Initializer(Device.Cpu, random));
            var (weight, bias) = (layer.Parameters()[0], layer.Parameters()[1]);
            using (new NoGrad()) bias.Copy_((Rand(bias.Shape, random) * 2 - 1).To(DType.BFloat16));
            Tensor Exact(Tensor x, Tensor w) => x.Reshape(rows, blocks, -1).Transpose(0, 1).Bmm(w).Transpose(0, 1)
                .Reshape(rows, outputs);
            var fault = new RoundedLayer(Exact, "none", type)
                .Fault(layer.Forward, Randn([rows, inputs], random), weight, bias, random);
            Assert.True(fault is null, $"{type}: {fault}");
        }
    }

    /// <summary>The fan-in is the whole width: √g smaller numbers than of a layer for each block.</summary>
    [Fact]
    public void TheFanInIsTheWholeWidth()
    {
        using var scope = new TensorScope();
        using var layer = Make(InitRule.TruncatedNormal, 400, 4000, 8);
        Assert.Equal(0.05, layer.Parameters()[0].Square().Mean().Sqrt().Item(), 3e-4);
        using var none = Make(InitRule.Glorot, 400, 400, 8, scale: 0);
        Assert.Equal(0, none.Parameters()[0].Abs().Max().Item());
    }

    [Fact]
    public void WidthsThatCannotBeCutAreTold()
    {
        var error = Assert.Throws<ArgumentException>(() => Make(InitRule.Glorot, 12, 10, 4));
        Assert.Contains("12 inputs and 10 outputs cannot be cut into 4 equal blocks", error.Message, StringComparison.Ordinal);
    }

    private static BlockLinear Make(InitRule rule, long inputs, long outputs, long blocks, double scale = 1)
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 3);
        return new(inputs, outputs, blocks, new Initializer(Device.Cpu, generator) { Rule = rule }, scale);
    }
}
