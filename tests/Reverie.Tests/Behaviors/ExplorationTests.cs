using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Tests.Torch;
using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Behaviors;

[NoTensorLeaks]
public sealed class ExplorationTests
{
    [Fact]
    public void NoiseHasItsDeviationAndStaysInTheBounds()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var around = Exploration.Gaussian(Zeros([40000, 1]), 0.3, noise);
        Assert.Equal(0.3, Math.Sqrt(around.Var(0, 0).Item()), 0.01);
        var edge = Exploration.Gaussian(Ones([1000, 2]), 0.3, noise);
        Assert.Equal(1, edge.Max().Item());
        Assert.True(edge.Min().Item() >= -1);
        Assert.Equal([1f, -1], Exploration.Gaussian(FromArray([1f, -1], [2]), 0, noise).ToArray<float>());
    }

    [Fact]
    public void EpsilonReplacesItsPartOfTheActionsUniformly()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        const int Rows = 30000;
        var second = FromArray([0f, 1, 0], [3]).Expand(Rows, 3);
        var counts = Exploration.EpsilonGreedy(second, 0.3, noise).Sum(0).ToArray<float>();
        double[] expected = [0.1, 0.8, 0.1];
        for (var k = 0; k < 3; k++) Assert.Equal(expected[k], counts[k] / Rows, 0.012);   // five standard deviations
        Assert.Equal(Rows, counts.Sum());
        Assert.Equal(Rows, Exploration.EpsilonGreedy(second, 0, noise).Select(1, 1).Sum().Item());
    }

    /// <summary>ε = 0.4·max(0.25, 1 − updates / 200,000), the form of the code behind the paper.</summary>
    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(50_000, 0.3)]
    [InlineData(150_000, 0.1)]
    [InlineData(200_000, 0.1)]
    [InlineData(5_000_000, 0.1)]
    public void EpsilonFallsToItsFloor(long updates, double expected) =>
        Assert.Equal(expected, Exploration.Epsilon(new ExplorationConfig(), updates), 12);

    [Fact]
    public void AFloorAboveTheStartIsNone() =>
        Assert.Equal(0.05, Exploration.Epsilon(new ExplorationConfig { Epsilon = 0.05 }, 0));
}
