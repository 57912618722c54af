using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class BoundedNormalTests
{
    /// <summary>A network that gives 0 has a deviation of 0.8927; outputs without end reach the bounds.</summary>
    [Fact]
    public void OutputsBecomeMeanAndDeviation()
    {
        using var scope = new TensorScope();
        var normal = BoundedNormal.FromOutputs(
            FromArray([0.0, 0.5, -50], [1, 3]), FromArray([0.0, 50, -50], [1, 3]));
        Near.Equal([0, Math.Tanh(0.5), -1], normal.Mean);
        Near.Equal([0, Math.Tanh(0.5), -1], normal.Mode);
        Near.Equal([0.8927173701800941, 1, 0.1], normal.Std);
        Near.Equal([2 / (1 + Math.Exp(-2)) + 0.5], BoundedNormal.FromOutputs(
            Zeros([1], DType.Float64), Zeros([1], DType.Float64), min: 0.5, max: 2.5).Std);
        Assert.Equal(DType.Float32, BoundedNormal.FromOutputs(
            Zeros([1], DType.BFloat16), Zeros([1], DType.BFloat16)).Std.DType);
    }

    /// <summary>Beyond ±1 too the density is that of the plain normal distribution, and so is the entropy.</summary>
    [Fact]
    public void DensityAndEntropyAreOfTheUnclippedNormal()
    {
        using var scope = new TensorScope();
        var normal = new BoundedNormal(FromArray([0.5, -0.25], [1, 2]), FromArray([0.5, 1], [1, 2]));
        var expected = -0.5 * (3 * 3 + 1.25 * 1.25) - Math.Log(0.5) - Math.Log(2 * Math.PI);
        Near.Equal([expected], normal.LogProb(FromArray([2, 1.0], [1, 2])));
        Near.Equal([0.5 * Math.Log(2 * Math.PI * 0.25) + 0.5 * Math.Log(2 * Math.PI) + 1], normal.Entropy());
    }

    [Fact]
    public void SamplesLeaveTheBoundsAndCarryGradients()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var mean = Full([20_000, 1], 0.5).SetRequiresGrad(true);
        var std = Full([20_000, 1], 0.8).SetRequiresGrad(true);
        var normal = new BoundedNormal(mean, std);
        var sample = normal.Sample(noise);
        Assert.Equal(0.5, sample.Mean().Item(), 0.02);
        Assert.Equal(0.8, sample.Flatten().Var(0, 1).Sqrt().Item(), 0.02);
        Assert.True(sample.Max().Item() > 2);
        Assert.Equal(Enumerable.Repeat(1f, 20_000), Grad(sample.Sum(), [mean])[0]!.Flatten().ToArray<float>());
        Near.Equal([0.5 + 0.8 * 1.5], normal.FromNoise(Full([20_000, 1], 1.5))[0], Near.Float32);
        Assert.Throws<TorchException>(() => Grad(normal.Detach().Sample(noise).Sum(), [mean]));
    }
}
