using Reverie.Torch;
using Reverie.Torch.Optim;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Optim;

[NoTensorLeaks]
public class AdamTests
{
    [Theory]
    [InlineData(true, 0.9999687939405996)]
    [InlineData(false, 0.9995623219518597)]
    public void BothConventionsOfEpsilonMatchTheirVectors(bool hat, double expected)
    {
        using var scope = new TensorScope();
        var theta = Leaf([1.0]);
        using var adam = new Adam([("theta", theta)], new AdamOptions { Epsilon = 1e-4, EpsilonHat = hat });
        foreach (var gradient in new[] { 1e-3, -2e-3, 5e-4 })
            adam.Step([FromArray([gradient], [1])]);
        Near.Equal(expected, theta);
        Assert.Equal(3, adam.StepCount);
    }

    [Fact]
    public void OnlyItsOwnParametersMove()
    {
        using var scope = new TensorScope();
        var (mine, other) = (Leaf([2.0]), Leaf([3.0]));
        using var adam = new Adam([("mine", mine)], new AdamOptions { LearningRate = 0.1 });
        var norm = adam.Step((mine * other).Sum());
        Near.Equal(3, norm);
        Near.Equal(1.9, mine, 1e-6);
        Assert.Equal([3.0], other.ToArray<double>());
        Assert.Equal(["mine.m", "mine.v"], adam.State.Select(each => each.Name));
    }

    [Fact]
    public void ParametersOutOfReachHaveAGradientOfZero()
    {
        using var scope = new TensorScope();
        var (reached, unreached) = (Leaf([1.0, 2.0]), Leaf([5.0]));
        using var adam = new Adam([("a", reached), ("b", unreached)], new AdamOptions { LearningRate = 0.1 });
        adam.Step((reached * 4).Sum());
        Assert.Equal([5.0], unreached.ToArray<double>());
        Assert.Equal([0.0], adam.State.Single(each => each.Name == "b.m").Value.ToArray<double>());
    }

    [Fact]
    public void GradientsThatShareMemoryAreClippedOnce()
    {
        // Autograd hands out one and the same expanded tensor for both terms of a sum.
        using var scope = new TensorScope();
        var (a, b) = (Leaf([0.0, 0]), Leaf([0.0, 0]));
        using var adam = new Adam([("a", a), ("b", b)], new AdamOptions { ClipNorm = 1, Beta1 = 0 });
        Near.Equal(2, adam.Step((a + b).Sum()));
        foreach (var (name, moment) in adam.State)
            if (name.EndsWith(".m", StringComparison.Ordinal)) Near.Equal([0.5, 0.5], moment);
    }

    [Fact]
    public void ClippingKeepsTheDirectionAndTheNorm()
    {
        using var scope = new TensorScope();
        var (clipped, norm) = Clip([FromArray([3.0], [1]), FromArray([4.0], [1])], 1);
        Near.Equal(5, norm);
        Near.Equal(0.6, clipped[0]);
        Near.Equal(0.8, clipped[1]);
        var (kept, _) = Clip([FromArray([3.0, 4], [2])], 5.1);
        Assert.Equal([3.0, 4], kept[0].ToArray<double>());
    }

    /// <summary>The first step of Adam is η·g/(|g| + ε): with ε = 1 it shows how much of g was left.</summary>
    [Fact]
    public void EntriesAreCutBeforeTheNormIsTaken()
    {
        using var scope = new TensorScope();
        var theta = Leaf([0.0, 0]);
        using var adam = new Adam([("theta", theta)], new AdamOptions { ClipValue = 1, LearningRate = 1, Epsilon = 1 });
        Near.Equal(Math.Sqrt(1.25), adam.Step([FromArray([-30.0, 0.5], [2])]));
        Near.Equal([0.5, -1 / 3.0], theta);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void TheNormTellsOfGradientsThatAreNotFinite(double bad)
    {
        using var scope = new TensorScope();
        var theta = Leaf([1.0, 1]);
        using var adam = new Adam([("theta", theta)], new AdamOptions { ClipNorm = 1 });
        Assert.False(double.IsFinite(adam.Step([FromArray([bad, 1.0], [2])]).Item()));
    }

    [Fact]
    public void WeightDecayTakesItsPartWhateverTheLearningRate()
    {
        using var scope = new TensorScope();
        var theta = Leaf([2.0]);
        using var adam = new Adam([("theta", theta)], new AdamOptions { WeightDecay = 0.25, LearningRate = 0 });
        adam.Step([FromArray([1.0], [1])]);
        Near.Equal(1.5, theta);
    }

    private static Tensor Leaf(double[] values) => FromArray(values, [values.Length]).SetRequiresGrad(true);

    // What Adam does with its gradients: each times one scale.
    private static (Tensor[] Clipped, Tensor Norm) Clip(Tensor[] gradients, double maxNorm)
    {
        var norm = GradientClip.GlobalNorm(gradients);
        return (Array.ConvertAll(gradients, gradient => gradient * GradientClip.Scale(norm, maxNorm)), norm);
    }
}
