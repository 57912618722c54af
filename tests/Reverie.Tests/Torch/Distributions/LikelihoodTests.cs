using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class LikelihoodTests
{
    [Fact]
    public void ConstantOfAPicture()
    {
        using var scope = new TensorScope();
        var mean = Zeros([2, 3, 64, 64], DType.Float64);
        Near.Equal([-11291.916696019018, -11291.916696019018], new UnitNormal(mean, 3).LogProb(mean));
        Near.Equal([-6144, -6144], new UnitNormal(mean, 3, constant: false).LogProb(mean + 1));
        Near.Equal([11291.916696019018 + 6144, 11291.916696019018 + 6144], new UnitNormal(mean, 3).Entropy());
    }

    /// <summary>Rows of events and events under two axes are summed by two ways that must agree.</summary>
    [Fact]
    public void EntriesOfAVectorAreOneEvent()
    {
        using var scope = new TensorScope();
        var mean = FromArray([1.0, 2, 3, 0, 0, 0], [2, 3]).SetRequiresGrad(true);
        var value = FromArray([1.5, 2, 1, 0, 3, 0], [2, 3]);
        var log = new UnitNormal(mean, 1).LogProb(value);
        Near.Equal([-2.125 - 3 * 0.9189385332046727, -4.5 - 3 * 0.9189385332046727], log);
        Near.Equal([0.5, 0, -2, 0, 3, 0], Grad(log.Sum(), [mean])[0]!);
        Near.Equal(log.ToArray<double>(), new UnitNormal(mean.Unsqueeze(0), 1).LogProb(value.Unsqueeze(0)).Squeeze(0));
    }

    [Fact]
    public void RewardsAreEventsOfTheirOwn()
    {
        using var scope = new TensorScope();
        var mean = FromArray([1.0, 2], [2]).SetRequiresGrad(true);
        var log = new UnitNormal(mean, 0, constant: false).LogProb(FromArray([1.5, 0], [2]));
        Near.Equal([-0.125, -2], log);
        Near.Equal([0.5, -2], Grad(log.Sum(), [mean])[0]!);
    }

    [Fact]
    public void BernoulliIsMinusTheCrossEntropy()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        double[] logits = [-3, 0, 0.4, 50];
        double[] targets = [0, 1, 0.99, 1];
        var distribution = new Bernoulli(FromArray(logits, [4]));
        var expected = logits.Zip(targets, (l, x) => x * l - (l > 30 ? l : Math.Log(1 + Math.Exp(l)))).ToArray();
        Near.Equal(expected, distribution.LogProb(FromArray(targets, [4])));
        Assert.Equal([0.0, 0, 1, 1], distribution.Mode.ToArray<double>());
        var p = 1 / (1 + Math.Exp(3));
        Near.Equal([-p * Math.Log(p) - (1 - p) * Math.Log(1 - p)], distribution.Entropy().Narrow(0, 0, 1));
        var ones = new Bernoulli(Full([20000], 0.4)).Sample(noise);
        Assert.Equal(0.598688, ones.Mean().Item(), 0.018);
    }
}
