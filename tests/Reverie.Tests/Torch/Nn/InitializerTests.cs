using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class InitializerTests
{
    /// <summary>Runs of versions before draw the numbers that they drew, one layer after the other.</summary>
    [Fact]
    public void TheRuleUnlessAskedIsGlorotsToTheLastBit()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 7);
        var init = new Initializer(Device.Cpu, generator);
        using var dense = new Linear(5, 3, init);
        using var convolution = new Conv2d(2, 6, 3, 1, init);
        using var transposed = new ConvTranspose2d(4, 2, 3, 1, init);
        using var again = new Generator(Device.Cpu, 7);
        var old = new Initializer(Device.Cpu, again);
        Assert.Equal(Values(old.GlorotUniform(5, 3, 3, 5)), Values(dense.Parameters()[0]));
        Assert.Equal(Values(old.GlorotUniform(18, 54, 6, 2, 3, 3)), Values(convolution.Parameters()[0]));
        Assert.Equal(Values(old.GlorotUniform(36, 18, 4, 2, 3, 3)), Values(transposed.Parameters()[0]));
    }

    /// <summary>σ is √(1/fan-in) after the cut, at 2·1.1368·√(1/fan-in); a convolution's fan-in is k·k·C.</summary>
    [Fact]
    public void TruncatedNormalHasItsDeviationAfterTheCut()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 7);
        var init = new Initializer(Device.Cpu, generator) { Rule = InitRule.TruncatedNormal };
        using var dense = new Linear(400, 500, init);
        using var convolution = new Conv2d(16, 500, 5, 1, init);
        foreach (var weight in new[] { dense.Parameters()[0], convolution.Parameters()[0] })
        {
            Assert.Equal(0.05, weight.Square().Mean().Sqrt().Item(), 3e-4);
            Assert.Equal(0, weight.Mean().Item(), 5e-4);
            Assert.InRange(weight.Abs().Max().Item(), 0.1130, 0.11369);
        }
        Assert.Equal(new float[500], Values(dense.Bias!));
    }

    [Theory]
    [InlineData(InitRule.Glorot)]
    [InlineData(InitRule.TruncatedNormal)]
    public void AScaleMultipliesTheWeight(InitRule rule)
    {
        using var scope = new TensorScope();
        float[] Draw(double scale)
        {
            using var generator = new Generator(Device.Cpu, 7);
            using var dense = new Linear(
                30, 20, new Initializer(Device.Cpu, generator) { Rule = rule }, scale: scale);
            return Values(dense.Weight);
        }
        Assert.Equal(Draw(1).Select(value => value * 0.25f), Draw(0.25));
        Assert.Equal(new float[600], Draw(0));
        Assert.All(Draw(0), value => Assert.False(float.IsNegative(value)));
    }

    private static float[] Values(Tensor tensor) => tensor.Contiguous().ToArray<float>();
}
