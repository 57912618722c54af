using Reverie.Models.Representations;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Models.Representations;

[NoTensorLeaks]
public sealed class ContrastiveTests
{
    /// <summary>Golden numbers of three states and three observations.</summary>
    [Fact]
    public void TheCrossEntropyMatchesTheVector()
    {
        using var scope = new TensorScope();
        var scores = FromArray([2, .5, -1, .1, 1.5, .3, -.4, .2, .9], [3, 3]);
        Near.Equal([0.24131129665715703, 0.4368288667485587, 0.5704806067831041], InfoNce.CrossEntropy(scores));
    }

    /// <summary>What must hold of any scores.</summary>
    [Fact]
    public void NegativesHaveNoOrderUniformScoresSayNothingPerfectOnesAll()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var scores = Randn([4, 4], noise, DType.Float64);
        // Row 0 with its negatives in another order.
        var turned = Cat([scores.Narrow(1, 0, 1), scores.Narrow(1, 1, 3).Flip(1)], 1);
        Near.Equal(InfoNce.CrossEntropy(scores)[0].Item(), InfoNce.CrossEntropy(turned)[0]);
        Near.Equal(Enumerable.Repeat(Math.Log(5), 5).ToArray(), InfoNce.CrossEntropy(Full([5, 5], .3, DType.Float64)));
        var perfect = Where(Arange(0, 5).Unsqueeze(0).Eq(Arange(0, 5).Unsqueeze(1)), Scalar(60), Scalar(0));
        Assert.True(InfoNce.CrossEntropy(perfect).Max().Item() < 1e-6);
    }

    [Fact]
    public void OneProductGivesTheDensityOfEveryStateUnderEveryObservation()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var (states, mean) = (Randn([6, 5], noise, DType.Float64), Randn([7, 5], noise, DType.Float64));
        var std = Rand([7, 5], noise, DType.Float64) + 0.05;
        var densities = Contrastive.LogDensities(states, mean, std);                       // (6, 7)
        for (var j = 0; j < 7; j++)
        {
            var expected = new DiagonalNormal(mean[j], std[j]).LogProb(states);
            Near.Equal(expected.ToArray<double>(), densities.Select(1, j), 1e-9);
        }
    }

    /// <summary>As D1 has it: the feature tensor rolled along both axes, each roll a candidate.</summary>
    [Theory]
    [InlineData(50, 12)]
    [InlineData(7, 3)]          // shorter than the window: rows come again
    public void RolledCandidatesAreThoseOfRolledTensors(int length, int batch)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var rows = length * batch;
        var scores = Randn([rows, rows], noise, DType.Float64);
        var numbers = scores.ToArray<double>();
        var expected = new double[rows];
        for (var t = 0; t < length; t++)
            for (var b = 0; b < batch; b++)
            {
                var own = t * batch + b;
                var sum = 0.0;
                for (var dt = -15; dt <= 14; dt++)
                    for (var db = -5; db <= 4; db++)
                    {
                        var other = (t + dt + 3 * length) % length * batch + (b + db + 2 * batch) % batch;
                        sum += Math.Exp(numbers[own * rows + other]);
                    }
                expected[own] = Math.Log(sum) - numbers[own * rows + own];
            }
        Near.Equal(expected, Contrastive.Rolled(scores, length, batch));
    }
}
