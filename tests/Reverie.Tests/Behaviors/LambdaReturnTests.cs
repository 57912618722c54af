using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Tests.Torch;
using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Behaviors;

[NoTensorLeaks]
public sealed class LambdaReturnTests
{
    private const double Bootstrap = 1.7;

    private static Tensor Reward => FromArray([1, .5, -.25, 2], [4]);
    private static Tensor Value => FromArray([.3, 1.2, .8, .1], [4]);
    private static Tensor Discount => FromArray([.99, .99, .9, .99], [4]);
    private static Tensor Boot => Scalar(Bootstrap, DType.Float64);

    /// <summary>Golden numbers: λ-returns of four rewards, eq. 6.</summary>
    [Theory]
    [InlineData(0, new[] { 2.188, 1.292, -0.16, 3.683 })]
    [InlineData(.5, new[] { 2.3933820587500003, 1.61491325, 1.45235, 3.683 })]
    [InlineData(.95, new[] { 4.13512545696625, 3.2703088325, 2.903465, 3.683 })]
    [InlineData(1, new[] { 4.49871247, 3.534053, 3.0647, 3.683 })]
    public void TheRecursionMatchesTheVector(double lambda, double[] expected)
    {
        using var scope = new TensorScope();
        Near.Equal(expected, LambdaReturn.Lambda(Reward, Value, Discount, Boot, lambda));
    }

    /// <summary>Golden numbers of the same rewards: returns of n steps, sums, weights.</summary>
    [Fact]
    public void StepsSumAndWeightsMatchTheVector()
    {
        using var scope = new TensorScope();
        double[] steps = [2.188, 2.27908, 1.338184, 4.49871247];
        for (var k = 1; k <= 4; k++)
            Near.Equal(steps[k - 1], LambdaReturn.NStep(Reward, Value, Discount, Boot, k)[0]);
        Near.Equal(steps[3], LambdaReturn.NStep(Reward, Value, Discount, Boot, 9)[0]);
        Near.Equal([3.25, 2.25, 1.75, 2], LambdaReturn.RewardSum(Reward));
        Near.Equal([1, .99, .9801, .88209], LambdaReturn.Weights(Discount));
    }

    /// <summary>Golden numbers: how much each later reward moves the first value.</summary>
    [Fact]
    public void TheGradientOfTheFirstValueReachesEveryReward()
    {
        using var scope = new TensorScope();
        var reward = Reward.SetRequiresGrad(true);
        var returns = LambdaReturn.Lambda(reward, Value, Discount, Boot, .95);
        Near.Equal([1, .9405, .88454025, .75628191375], Reverie.Torch.Torch.Grad(returns[0], [reward])[0]!);
    }

    /// <summary>Eq. 6 as it is printed, of n-step values, against the recursion, for many sequences at
    /// once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(.3)]
    [InlineData(.95)]
    [InlineData(1)]
    public void TheMixtureIsTheRecursion(double lambda)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        const int N = 7;
        var (reward, value) = (Randn([N, 5], noise, DType.Float64), Randn([N, 5], noise, DType.Float64));
        var (discount, bootstrap) = (Rand([N, 5], noise, DType.Float64), Randn([5], noise, DType.Float64));
        var mixture = LambdaReturn.NStep(reward, value, discount, bootstrap, N) * Math.Pow(lambda, N - 1);
        for (var n = 1; n < N; n++)
            mixture += (1 - lambda) * Math.Pow(lambda, n - 1) * LambdaReturn.NStep(reward, value, discount, bootstrap, n);
        var recursion = LambdaReturn.Lambda(reward, value, discount, bootstrap, lambda);
        Near.Equal(mixture.ToArray<double>(), recursion, 1e-12);
    }

    /// <summary>Where the value is that of the constant reward for ever, returns are, too.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(.5)]
    [InlineData(1)]
    public void AConstantRewardIsAFixedPoint(double lambda)
    {
        using var scope = new TensorScope();
        const double Gamma = .99, R = .7, V = R / (1 - Gamma);
        Tensor Rows(double value) => Full([6, 2], value, DType.Float64);
        var returns = LambdaReturn.Lambda(Rows(R), Rows(V), Rows(Gamma), Full([2], V, DType.Float64), lambda);
        Near.Equal(Enumerable.Repeat(V, 12).ToArray(), returns);
    }

    /// <summary>A weight is the product of the discounts before it, without gradient.</summary>
    [Fact]
    public void AnEndTakesTheWeightOfWhatFollowsItAndNothingElse()
    {
        using var scope = new TensorScope();
        Near.Equal([1, 1, 1, 1], LambdaReturn.Weights(Ones([4], DType.Float64)));
        Near.Equal([1, 1, 0, 0], LambdaReturn.Weights(FromArray([1.0, 0, 1, 1], [4])));
        var learned = Discount.SetRequiresGrad(true);
        Assert.False(LambdaReturn.Weights(learned).RequiresGrad);
    }

    /// <summary>The rows of an imagination: the last of H gives its value to the others and has none of its
    /// own.</summary>
    [Fact]
    public void TheConfigurationChoosesTheEstimate()
    {
        using var scope = new TensorScope();
        var reward = FromArray([1, .5, -.25, 2, 8], [5]);
        var value = FromArray([.3, 1.2, .8, .1, Bootstrap], [5]);
        var discount = FromArray([.99, .99, .9, .99, 0], [5]);
        Tensor Of(ImaginationConfig config) => LambdaReturn.Estimate(config, reward, value, discount);
        Near.Equal([4.13512545696625, 3.2703088325, 2.903465, 3.683], Of(new()));
        Near.Equal([4.49871247, 3.534053, 3.0647, 3.683], Of(new() { Lambda = 1 }));
        Near.Equal([2.27908, 0.3416, 3.0647, 3.683], Of(new() { Return = "n_step", NStep = 2 }));
        Near.Equal([11.25, 10.25, 9.75, 10], Of(new() { Return = "reward" }));
    }
}
