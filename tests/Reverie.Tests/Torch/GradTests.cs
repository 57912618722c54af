using Reverie.Torch;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch;

[NoTensorLeaks]
public class GradTests
{
    [Fact]
    public void GradientsOfAskedTensorsOnly()
    {
        using var scope = new TensorScope();
        var (a, b, c) = (Leaf(2, 3), Leaf(5, 7), Leaf(1, 1));
        var gradients = Grad((a.Square() * b).Sum(), [a, c]);
        Near.Equal([20, 42], gradients[0]!);
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void AGraphServesTwiceOnlyWhenKept()
    {
        using var scope = new TensorScope();
        var a = Leaf(2);
        var loss = a.Exp().Sum();
        Near.Equal(Math.Exp(2), Grad(loss, [a], keepGraph: true)[0]!);
        Near.Equal(Math.Exp(2), Grad(loss, [a])[0]!);
        Assert.Throws<TorchException>(() => Grad(loss, [a]));
    }

    [Fact]
    public void NoGradRecordsNothingAndEnds()
    {
        using var scope = new TensorScope();
        var a = Leaf(2);
        using (new NoGrad())
        {
            using (new NoGrad()) Assert.False((a * 2).RequiresGrad);
            Assert.False((a * 2).RequiresGrad);
        }
        Assert.True((a * 2).RequiresGrad);
        Assert.False(a.Detach().RequiresGrad);
    }

    /// <summary>Free nats of 3 on divergences 1, 2, 5, 8: three readings of the papers.</summary>
    [Fact]
    public void FreeNatsStopTheGradientBelowTheirLimit()
    {
        using var scope = new TensorScope();
        var kl = Leaf(1, 2, 5, 8);
        double[] upper = [0, 0, 0.25, 0.25];
        Check(1.75, upper, (kl - 3).Relu().Mean());
        Check(4.75, upper, kl.Clamp(3, null).Mean());
        Check(4, [0.25, 0.25, 0.25, 0.25], kl.Mean().Clamp(3, null));

        void Check(double value, double[] gradient, Tensor loss)
        {
            Near.Equal(value, loss);
            Near.Equal(gradient, Grad(loss, [kl])[0]!);
        }
    }

    [Fact]
    public void OurOwnOperatorsDifferentiateLikeLibtorchs()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var x = Randn([2, 3, 4, 5], noise, DType.Float64).SetRequiresGrad(true);
        var weight = Randn([3, 2, 4, 4], noise, DType.Float64).SetRequiresGrad(true);
        var upstream = Randn([2, 2, 10, 12], noise, DType.Float64);
        var mine = Grad((x.FusedConvTranspose2d(weight, Zeros([2], DType.Float64), 2, activation: 0) * upstream).Sum(), [x, weight]);
        var theirs = Grad((x.ConvTranspose2d(weight, stride: 2) * upstream).Sum(), [x, weight]);
        for (var i = 0; i < 2; i++) Near.Equal(theirs[i]!.Contiguous().ToArray<double>(), mine[i]!);

        var (mean, target) = (Leaf(1, 2, 3, 4), FromArray([0.0, 0, 1, 1], [2, 2]));
        var each = mean.Reshape(2, 2).HalfSquaredError(target);
        Near.Equal([2.5, 6.5], each);
        Near.Equal([1, 2, 4, 6], Grad((each * FromArray([1f, 2], [2])).Sum(), [mean])[0]!);
    }

    /// <summary>The loop of each pair of types against the plain form in float64, widths that fill vectors and that do
    /// not.</summary>
    [Theory]
    [InlineData(DType.Float32, DType.Float32, 1e-5)]
    [InlineData(DType.BFloat16, DType.Float32, 0.01)]
    [InlineData(DType.BFloat16, DType.BFloat16, 0.01)]
    public void SquaredErrorsAreTheSameInEveryType(DType predicted, DType seen, double tolerance)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var mean = Randn([5, 3, 7, 11], noise).To(predicted).SetRequiresGrad(true);
        var target = Randn([5, 3, 7, 11], noise).To(seen);
        var exact = mean.Detach().To(DType.Float64).SetRequiresGrad(true);
        var (found, right) = (mean.HalfSquaredError(target), exact.HalfSquaredError(target.To(DType.Float64)));
        Assert.Equal(DType.Float32, found.DType);
        Near.Equal(right.ToArray<double>(), found.To(DType.Float64), 1e-3);
        var weights = Arange(1, 6);
        Near.Equal(Grad((right * weights.To(DType.Float64)).Sum(), [exact])[0]!.ToArray<double>(),
            Grad((found * weights).Sum(), [mean])[0]!.To(DType.Float64), tolerance);
    }

    private static Tensor Leaf(params double[] values) => FromArray(values, [values.Length]).SetRequiresGrad(true);
}
