using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Models;

/// <summary>Temperature, on every kind of latent.</summary>
[NoTensorLeaks]
public sealed class MixtureLatentTests
{
    private const int Count = 100_000;

    private static readonly double[] Logits = [.2, -.1, .5], Means = [0, .5, -.3], LogStds = [-.5, 0, .1];

    [Theory]
    [InlineData(.5, new[] { 0.2966540006808555, 0.16280716746749874, 0.5405388318516456 }, 0.7071067811865476)]
    [InlineData(1, new[] { 0.32355370388335947, 0.2396944792058498, 0.4367518169107908 }, 1)]
    [InlineData(1.25, new[] { 0.3270242708506134, 0.25724640269606724, 0.4157293264533192 }, 1.118033988749895)]
    public void WeightsAndDeviationsAtATemperature(double temperature, double[] weights, double factor)
    {
        using var scope = new TensorScope();
        var tempered = Assert.IsType<MixtureLatent>(Mixture(1).Tempered(temperature));
        Near.Equal(weights, tempered.Mixture.LogWeights.Exp());
        Near.Equal([.. LogStds.Select(std => Math.Exp(std) * factor)], tempered.LogStd.Exp());
        Near.Equal(Means, tempered.Means);
    }

    /// <summary>E z = Σ w μ and Var z = Σ w (τσ² + μ²) − (E z)², with w the softmax of logits over τ.</summary>
    [Theory]
    [InlineData(.1)]
    [InlineData(.5)]
    [InlineData(1)]
    [InlineData(1.15)]
    [InlineData(1.3)]
    public void MomentsOfDrawsAtATemperature(double temperature)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 5);
        var uniform = Tensor.Rand([Count, 1], noise, DType.Float64);
        var draws = Mixture(Count).Tempered(temperature)
            .Sample(Tensor.Cat([uniform, Tensor.Randn([Count, 1], noise, DType.Float64)], -1)).ToArray<double>();
        var odds = Logits.Select(logit => Math.Exp(logit / temperature)).ToArray();
        var weights = odds.Select(each => each / odds.Sum()).ToArray();
        var mean = weights.Zip(Means, (w, m) => w * m).Sum();
        var variance = Enumerable.Range(0, 3)
            .Sum(k => weights[k] * (temperature * Math.Exp(2 * LogStds[k]) + Means[k] * Means[k])) - mean * mean;
        Assert.InRange(draws.Average(), mean - 0.015, mean + 0.015);
        var spread = draws.Average(z => z * z) - draws.Average() * draws.Average();
        Assert.InRange(spread / variance, 0.97, 1.03);
    }

    [Fact]
    public void ColdDrawsAreTheMeanOfTheLikeliestComponent()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 5);
        var mixture = Mixture(1000);
        var numbers = Tensor.Rand([1000, 2], noise, DType.Float64);
        Assert.All(mixture.Tempered(1e-8).Sample(numbers).ToArray<double>(), z => Assert.Equal(-.3, z, 3));
        Assert.All(mixture.Sample(null).ToArray<double>(), z => Assert.Equal(-.3, z));
    }

    [Fact]
    public void OtherLatentsHaveATemperatureToo()
    {
        using var scope = new TensorScope();
        var gaussian = new GaussianLatent(Tensor.Full([1, 2], 3, DType.Float64), Tensor.Full([1, 2], 2, DType.Float64));
        Near.Equal([4, 5], gaussian.Tempered(.25).Sample(Tensor.FromArray<double>([1, 2], [1, 2])));
        var categorical = new CategoricalLatent(Tensor.FromArray([.2, -.1, .5], [1, 3]), 3);
        var sharp = Assert.IsType<CategoricalLatent>(categorical.Tempered(.5));
        Near.Equal([.2966540006808555, .16280716746749874, .5405388318516456], sharp.Logits.Softmax(-1));
    }

    /// <summary>A row that begins an episode forgets; parts are flat, so that a mask of (B, 1) reaches all of
    /// them.</summary>
    [Fact]
    public void StatesAreMaskedAndCutLikeOthers()
    {
        using var scope = new TensorScope();
        var latent = new MixtureLatent(Tensor.Ones([2, 6]), Tensor.Ones([2, 6]), Tensor.Ones([2, 6]), 3);
        var state = new LatentState(Tensor.Ones([2, 4]), Tensor.Ones([2, 2]), latent);
        var masked = state.Masked(Tensor.FromArray<float>([0, 1], [2, 1]));
        Assert.All(masked.Distribution.Parts, part => Near.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], part));
        var rows = LatentState.Stack([state, masked]).FlattenTime().UnflattenTime(2);
        Assert.Equal([2, 2, 6], rows.Distribution.Parts[0].Shape.ToArray());
        Near.Equal(0, ((MixtureLatent)latent.Standard).Mixture.LogProb(Tensor.Zeros([2, 2])).Mean() + Math.Log(2 * Math.PI), 1e-6);
    }

    private static MixtureLatent Mixture(int count)
    {
        Tensor Rows(double[] values) => Tensor.FromArray(values, [1, 3]).Expand(count, 3);
        return new(Rows(Logits), Rows(Means), Rows(LogStds), 3);
    }
}
