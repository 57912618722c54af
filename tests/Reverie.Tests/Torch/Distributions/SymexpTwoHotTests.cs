using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class SymexpTwoHotTests
{
    private const int Count = 255, Middle = 127;

    [Fact]
    public void BinsAreThoseOfThePaper()
    {
        using var scope = new TensorScope();
        var bins = SymexpTwoHot.Bins(Count, Device.Cpu).ToArray<float>();
        Assert.Equal(Count, bins.Length);
        Assert.Equal(-0.170558, bins[126], 6e-7);
        Assert.Equal(0.877463, bins[131], 6e-7);
        Assert.Equal(1.197678, bins[132], 6e-7);
        Assert.Equal(485_165_194.4, bins[254], 16.0);       // float32 has steps of 32 there
        Assert.Equal(0, BitConverter.SingleToInt32Bits(bins[Middle]));
        Assert.Equal(bins.Select(bin => -bin), bins.Reverse());
        Assert.Equal(bins, bins.Order());
        Assert.Throws<ArgumentException>(() => SymexpTwoHot.Bins(254, Device.Cpu));
    }

    /// <summary>The gradient of the log-probability is target − probabilities, which shows the target.</summary>
    [Theory]
    [InlineData(1, 131, 0.617329)]
    [InlineData(-3, 118, 0.790318)]
    [InlineData(1000, 170, 0.138449)]
    [InlineData(0, Middle, 1)]
    [InlineData(1e9, 254, 1)]
    [InlineData(-1e9, 0, 1)]
    [InlineData(double.PositiveInfinity, 254, 1)]
    [InlineData(double.NegativeInfinity, 0, 1)]
    public void TargetsAreTwoHotInRawSpace(double value, int bin, double weight)
    {
        using var scope = new TensorScope();
        var logits = Zeros([1, Count], DType.Float64).SetRequiresGrad(true);
        var log = new SymexpTwoHot(logits).LogProb(FromArray([value], [1]));
        Near.Equal(-5.541263545158426, log);                                        // ln 255, whatever the target
        var target = (Grad(log.Sum(), [logits])[0]! + 1.0 / Count).Flatten();
        Near.Equal(weight, target[bin], 6e-7);
        Near.Equal(1, target.Sum());
        Assert.Equal(weight == 1 ? 1 : 2, target.Abs().Gt(1e-12).To(DType.Float64).Sum().Item());
        var mean = (target * SymexpTwoHot.Bins(Count, Device.Cpu, DType.Float64)).Sum().Item();
        if (Math.Abs(value) < 1e9) Assert.Equal(value, mean, 1e-6);
    }

    /// <summary>Whatever lies on a bin is told by it alone, and no value in between is told to be elsewhere.</summary>
    [Fact]
    public void EveryTargetHasItsValueAsItsMeanInFloat32()
    {
        using var scope = new TensorScope();
        var bins = SymexpTwoHot.Bins(Count, Device.Cpu);
        var between = (bins.Narrow(0, 0, Count - 1) * 0.25 + bins.Narrow(0, 1, Count - 1) * 0.75);
        foreach (var values in new[] { bins, between })
        {
            var logits = Zeros([values.Size(0), Count]).SetRequiresGrad(true);
            var log = new SymexpTwoHot(logits).LogProb(values);
            var target = Grad(log.Sum(), [logits])[0]!.To(DType.Float64) + 1.0 / Count;
            var mean = (target * bins.To(DType.Float64)).Sum(-1);
            var wide = values.To(DType.Float64);
            // A weight is known to 2⁻²³ or so, of bins that differ by a sixth.
            Assert.True((mean - wide).Abs().Le(wide.Abs() * 1e-6 + 200).All().Item() == 1);
            Assert.True(target.Max().Item() < 1 + 1e-6 && target.Min().Item() > -1e-6);
        }
    }

    /// <summary>In float32, however the library sums.</summary>
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void EqualProbabilitiesHaveAMeanOfExactlyZero(DType type)
    {
        using var scope = new TensorScope();
        var distribution = new SymexpTwoHot(Full([3, 5, Count], 0.3, type));
        Assert.Equal(DType.Float32, distribution.Mean.DType);
        Assert.Equal(new float[15], distribution.Mean.Flatten().ToArray<float>());
        Assert.Equal(new float[15], distribution.Mode.Flatten().ToArray<float>());
        Assert.Equal([3L, 5], distribution.Mean.Shape.ToArray());
        Near.Equal(5.541263545158426, distribution.Entropy()[0][0], Near.Float32);
        Assert.Equal(DType.Float32, distribution.LogProb(Zeros([3, 5], type)).DType);
    }

    [Fact]
    public void TheMeanIsThatOfTheBins()
    {
        using var scope = new TensorScope();
        var logits = Full([Count], -1e3, DType.Float64);
        logits[118].Fill_(Math.Log(0.790318));
        logits[119].Fill_(Math.Log(0.209682));
        logits.SetRequiresGrad(true);
        var mean = new SymexpTwoHot(logits).Mean;
        Near.Equal(-3, mean, 2e-6);
        var bins = SymexpTwoHot.Bins(Count, Device.Cpu, DType.Float64);
        Near.Equal(0.790318 * (bins[118].Item() + 3), Grad(mean, [logits])[0]![118], 2e-6);   // p·(bin − mean)
    }

    [Fact]
    public void ValuesReceiveNoGradientAndSamplesAreBins()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var logits = Randn([20_000, 5], noise).Narrow(0, 0, 1).Expand(20_000, 5);
        var value = Full([20_000], 0.5).SetRequiresGrad(true);
        var distribution = new SymexpTwoHot(logits.Detach().SetRequiresGrad(true));
        Assert.Null(Grad(distribution.LogProb(value).Sum(), [value])[0]);
        var samples = distribution.Sample(noise).ToArray<float>();
        var bins = SymexpTwoHot.Bins(5, Device.Cpu).ToArray<float>();
        var probabilities = distribution.LogProbabilities[0].Exp().ToArray<float>();
        Assert.Empty(samples.Except(bins));
        for (var i = 0; i < bins.Length; i++)
            Assert.Equal(probabilities[i], samples.Count(sample => sample == bins[i]) / 20_000.0, 0.015);
        Assert.Throws<TorchException>(() => Grad(distribution.Detach().Mean.Sum(), [logits]));
    }
}
