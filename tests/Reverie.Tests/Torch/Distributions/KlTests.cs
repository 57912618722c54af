using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class KlTests
{
    /// <summary>Golden numbers of two Gaussians in three dimensions.</summary>
    [Theory]
    [InlineData(DType.Float64, Near.Float64)]
    [InlineData(DType.Float32, Near.Float32)]
    public void NormalMatchesValueAndGradients(DType dtype, double tolerance)
    {
        using var scope = new TensorScope();
        Tensor[] leaves = [Leaf(.5, -1, 2), Leaf(.3, 1.2, .7), Leaf(0, 0, 1.5), Leaf(.5, 1, .9)];
        leaves = Array.ConvertAll(leaves, leaf => leaf.Detach().To(dtype).SetRequiresGrad(true));
        DiagonalNormal q = new(leaves[0], leaves[1]), p = new(leaves[2], leaves[3]);
        var kl = Kl.Divergence(q, p);
        Near.Equal(1.4366086187097322, kl, tolerance);
        Near.Equal(2.4740363800305047, Kl.Divergence(p, q), tolerance);
        Near.Equal(2.878489408143304, q.Entropy(), tolerance);
        double[] toMean = [2, -1, 0.6172839506172839];
        double[][] expected = [toMean, [-2.1333333333333337, 0.3666666666666666, -0.5643738977072312],
            Array.ConvertAll(toMean, value => -value), [-0.7199999999999998, -1.44, 0.0960219478737998]];
        var gradients = Grad(kl, leaves);
        for (var i = 0; i < 4; i++) Near.Equal(expected[i], gradients[i]!, tolerance);
    }

    /// <summary>Golden numbers of two choices among three.</summary>
    [Theory]
    [InlineData(DType.Float64, Near.Float64)]
    [InlineData(DType.Float32, Near.Float32)]
    public void CategoricalMatchesValueAndGradients(DType dtype, double tolerance)
    {
        using var scope = new TensorScope();
        var (left, right) = Logits(dtype);
        OneHotCategorical q = new(left, 1), p = new(right, 1);
        var kl = Kl.Divergence(q, p);
        Near.Equal(0.724421494892715, kl, tolerance);
        Near.Equal([0.17063979269228485, 0.5537817022004301],
            Kl.Divergence(new OneHotCategorical(left), new OneHotCategorical(right)), tolerance);
        Near.Equal(1.879710184177064, q.Entropy(), tolerance);
        Near.Equal(1.9067639385964217, p.Entropy(), tolerance);
        var gradients = Grad(kl, [left, right]);
        Near.Equal([0.2526414388070328, -0.15178687972971722, -0.10085455907731555, 0.3450121759104074,
            -0.001003507960659055, -0.3440086679497483], gradients[0]!, tolerance);
        Near.Equal([-0.2815892245842711, 0.13892326013575307, 0.1426659644485182, -0.29432519067685114,
            -0.18005034134391396, 0.4743755320207652], gradients[1]!, tolerance);
    }

    /// <summary>Golden numbers of the same with a part of the uniform distribution mixed in.</summary>
    [Fact]
    public void UnimixKeepsEveryClassPossible()
    {
        using var scope = new TensorScope();
        var (left, right) = Logits(DType.Float64);
        OneHotCategorical q = new(left, 1, 0.01), p = new(right, 1, 0.01);
        Near.Equal([0.6619218795504069, 0.24561451967758308, 0.09246360077201], q.Mean[0]);
        Near.Equal(0.7068978538631441, Kl.Divergence(q, p));
        var extreme = new OneHotCategorical(FromArray([0.0, 100, 200], [3]), unimix: 0.01);
        Near.Equal(0.01 / 3, extreme.Mean.Min());
    }

    /// <summary>Of equals it is 0, and least there.</summary>
    [Fact]
    public void EqualDistributionsAreAtZeroWithoutGradient()
    {
        using var scope = new TensorScope();
        var (mean, std) = (Leaf(.5, -1, 2), Leaf(.3, 1.2, .7));
        var kl = Kl.Divergence(new DiagonalNormal(mean, std), new DiagonalNormal(mean.Detach(), std.Detach()));
        Assert.Equal(0, kl.Item());
        foreach (var gradient in Grad(kl, [mean, std])) Near.Equal([0, 0, 0], gradient!, 1e-12);
        var (logits, _) = Logits(DType.Float64);
        var same = Kl.Divergence(new OneHotCategorical(logits, 1), new OneHotCategorical(logits.Detach(), 1));
        Assert.Equal(0, same.Item());
        Near.Equal(new double[6], Grad(same, [logits])[0]!, 1e-12);
    }

    /// <summary>Of random ones.</summary>
    [Fact]
    public void NeverNegative()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 4);
        DiagonalNormal q = Random(), p = Random();
        Assert.True(Kl.Divergence(q, p).Min().Item() >= 0);
        OneHotCategorical a = new(q.Mean), b = new(p.Mean);
        Assert.True(Kl.Divergence(a, b).Min().Item() >= 0);

        Tensor Draw() => Randn([10000, 3], noise, DType.Float64);
        DiagonalNormal Random() => new(Draw(), Draw().Exp());
    }

    /// <summary>Every balance has the value of the plain divergence.</summary>
    [Theory]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0)]
    public void BalancingMovesOnlyTheGradient(double alpha)
    {
        using var scope = new TensorScope();
        var (left, right) = Logits(DType.Float64);
        OneHotCategorical q = new(left, 1), p = new(right, 1);
        var balanced = Kl.Balanced(q, p, alpha);
        Near.Equal(0.724421494892715, balanced);
        var plain = Grad(Kl.Divergence(q, p), [left, right], keepGraph: true);
        var mixed = Grad(balanced, [left, right]);
        Near.Equal((plain[0]! * (1 - alpha)).ToArray<double>(), mixed[0]!);
        Near.Equal((plain[1]! * alpha).ToArray<double>(), mixed[1]!);
    }

    [Fact]
    public void PairsWithoutAClosedFormAreRefused()
    {
        using var scope = new TensorScope();
        var x = Ones([1, 2]);
        Assert.Throws<ArgumentException>(() => Kl.Divergence(new DiagonalNormal(x, x), new OneHotCategorical(x)));
    }

    private static (Tensor Q, Tensor P) Logits(DType dtype) => (
        FromArray([1, 0, -1, .2, .3, -.5], [2, 3]).To(dtype).SetRequiresGrad(true),
        FromArray([.5, .5, 0, 0, 1, 2], [2, 3]).To(dtype).SetRequiresGrad(true));

    private static Tensor Leaf(params double[] values) => FromArray(values, [values.Length]).SetRequiresGrad(true);
}
