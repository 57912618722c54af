using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Tests.Torch.Distributions;

/// <summary>Densities and draws of mixtures.</summary>
[NoTensorLeaks]
public sealed class GaussianMixtureTests
{
    private static readonly double[] Logits = [.2, -.1, .5, 1, 0, -1], Means = [0, .5, -.3, -1, .2, .4],
        LogStds = [-.5, 0, .1, -1, .3, -.2];

    [Fact]
    public void DensitiesOfAMixtureForEachDimension()
    {
        using var scope = new TensorScope();
        var parts = Mixture(Logits).LogProbParts(Vector(.3, -.7));
        Near.Equal([-0.8720396405153469, -0.5224851612204681], parts);
        Near.Equal(0.6972624008679075, -parts.Mean());
        Near.Equal(-0.8720396405153469 - 0.5224851612204681, Mixture(Logits).LogProb(Vector(.3, -.7)));
    }

    [Fact]
    public void DensityOfAMixtureForAll()
    {
        using var scope = new TensorScope();
        Near.Equal(-1.63213543060606, Shared().LogProb(Vector(.3, -.7)));
    }

    [Fact]
    public void TheDensityIsTheSumOverComponents()
    {
        using var scope = new TensorScope();
        for (var z = -3.0; z <= 3; z += 0.25)
        {
            var expected = new double[2];
            for (var d = 0; d < 2; d++)
            {
                var weights = Logits[(3 * d)..(3 * d + 3)].Select(Math.Exp).ToArray();
                for (var k = 0; k < 3; k++)
                {
                    var std = Math.Exp(LogStds[3 * d + k]);
                    var u = (z - Means[3 * d + k]) / std;
                    expected[d] += weights[k] / weights.Sum() * Math.Exp(-u * u / 2) / (std * Math.Sqrt(2 * Math.PI));
                }
            }
            Near.Equal(Array.ConvertAll(expected, Math.Log), Mixture(Logits).LogProbParts(Vector(z, z)), 1e-12);
        }
    }

    [Fact]
    public void TheDensityStaysFinite()
    {
        using var scope = new TensorScope();
        var narrow = new GaussianMixture(Tensor.Zeros([1, 2]), Tensor.FromArray<float>([0, 1], [1, 2]), Tensor.Full([1, 2], -20));
        Assert.True(float.IsFinite(narrow.LogProb(Tensor.FromArray<float>([20], [1])).ToArray<float>()[0]));
        Assert.Equal(20 - 0.918938533 - Math.Log(2), narrow.LogProb(Tensor.FromArray<float>([1], [1])).Item(), 4);
    }

    /// <summary>The moments of 10⁵ draws, with one choice for all dimensions as with one each.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DrawsHaveTheMomentsOfTheMixture(bool shared)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        const int Count = 100_000;
        var one = shared ? Shared() : Mixture(Logits);
        var many = new GaussianMixture(
            Tensor.FromArray(shared ? Logits[..3] : Logits, [1, shared ? 1 : 2, 3]).Expand(Count, shared ? 1 : 2, 3),
            Tensor.FromArray(Means, [1, 2, 3]).Expand(Count, 2, 3), Tensor.FromArray(LogStds, [1, 2, 3]).Expand(Count, 2, 3));
        var draws = many.Sample(noise);
        Near.Equal(one.Mean.ToArray<double>(), draws.Mean([0]), 0.01);
        var weights = one.LogWeights.Exp();
        var (means, variances) = (Tensor.FromArray(Means, [2, 3]), (Tensor.FromArray(LogStds, [2, 3]) * 2).Exp());
        var variance = (weights * (variances + means.Square())).Sum(-1) - one.Mean.Square();
        Near.Equal(variance.ToArray<double>(), draws.Var(0, 1), 0.02);

        // Sharing a choice couples the dimensions: their covariance is that of the means.
        var centred = draws - draws.Mean([0]);
        var covariance = (centred.Select(1, 0) * centred.Select(1, 1)).Mean();
        var coupled = shared
            ? ((weights * means[0].Unsqueeze(0) * means[1].Unsqueeze(0)).Sum() - one.Mean[0] * one.Mean[1]).Item()
            : 0;
        Near.Equal(coupled, covariance, 0.01);
        if (shared) Assert.True(Math.Abs(coupled) > 0.02);
    }

    private static GaussianMixture Mixture(double[] logits) => new(Tensor.FromArray(logits, [2, 3]),
        Tensor.FromArray(Means, [2, 3]), Tensor.FromArray(LogStds, [2, 3]));

    private static GaussianMixture Shared() => new(Tensor.FromArray(Logits[..3], [1, 3]),
        Tensor.FromArray(Means, [2, 3]), Tensor.FromArray(LogStds, [2, 3]));

    private static Tensor Vector(params double[] values) => Tensor.FromArray(values, [values.Length]);
}
