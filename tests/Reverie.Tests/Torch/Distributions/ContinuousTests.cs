using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class ContinuousTests
{
    private const int Cells = 20000;

    /// <summary>TV-8a.</summary>
    [Fact]
    public void TanhNormalMatchesTheVector()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var (m, raw) = (FromArray([7.3, -.4], [2]), FromArray([-1, .2], [2]));
        var distribution = TanhNormal.FromOutputs(m, raw, noise);
        var u = distribution.FromNoise(FromArray([.4, -1.1], [2]));
        Near.Equal([6.0929074641358385, -6.1179145035743385], u);
        Near.Equal([0.999989795409093, -0.9999902932271096], u.Tanh());
        Near.Equal(16.08856229797647, distribution.LogProbBefore(u));
        Near.Equal(5.0001, TanhNormal.FromOutputs(m, raw * 0, noise).FromNoise(FromArray([1.0, 1], [2])).Narrow(0, 1, 1)
            - TanhNormal.FromOutputs(m, raw * 0, noise).FromNoise(Zeros([2], DType.Float64)).Narrow(0, 1, 1));
    }

    /// <summary>Density and inverse of the squashed normal.</summary>
    [Fact]
    public void TanhNormalIntegratesToOneAndKnowsItsActions()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var distribution = new TanhNormal(FromArray([.3], [1]), FromArray([.7], [1]), noise);
        Near.Equal(1, distribution.LogProb(Grid(-1, 1)).Exp().Sum() * (2.0 / Cells), 1e-4);
        var u = distribution.FromNoise(Arange(-4, 4, 0.25, DType.Float64).Unsqueeze(1));
        var inside = u.Tanh().Abs().Lt(0.999);
        var (stored, recovered) = (distribution.LogProbBefore(u), distribution.LogProb(u.Tanh()));
        var apart = Where(inside.Squeeze(1), (stored - recovered).Abs(), Zeros([1], DType.Float64));
        Assert.True(apart.Max().Item() < 1e-6);
        Assert.True(double.IsFinite(distribution.LogProb(Ones([1, 1])).Item()));
    }

    [Fact]
    public void TanhNormalEstimatesPerRow()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var mean = FromArray([.5, -.5, 0, 1.5], [2, 2]);
        var distribution = new TanhNormal(mean, Full([2, 2], .05, DType.Float64), noise, draws: 4000);
        var centre = mean.Tanh();
        Assert.True((distribution.Mode - centre).Abs().Max().Item() < 0.03);
        Assert.True((distribution.Mean - centre).Abs().Max().Item() < 0.005);
        Assert.False(distribution.Mode.RequiresGrad);
        // Entropy of tanh(u) = entropy of u + E ln(1 − tanh² u), with the small std almost at the mean.
        double[] expected = [.. new[] { (.5, -.5), (0, 1.5) }.Select(pair => Narrow(pair.Item1) + Narrow(pair.Item2))];
        Near.Equal(expected, distribution.Entropy(), 0.05);

        static double Narrow(double u) =>
            0.5 * Math.Log(2 * Math.PI * Math.E * .05 * .05) + Math.Log(1 - Math.Pow(Math.Tanh(u), 2));
    }

    /// <summary>TV-8b.</summary>
    [Fact]
    public void TruncatedNormalMatchesTheVector()
    {
        using var scope = new TensorScope();
        var distribution = TruncatedNormal.FromOutputs(FromArray([.3], [1]), FromArray([.5], [1]));
        Near.Equal(0.2913126124515909, distribution.Mode);
        Near.Equal(-0.5787686806807454, distribution.LogProb(FromArray([.5], [1])));
        Near.Equal(0.6832073532145244, distribution.Entropy());
        Near.Equal(0.059080970924459325, distribution.Mean);
    }

    [Fact]
    public void TruncatedNormalAgreesWithItsIntegrals()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 6);
        var distribution = new TruncatedNormal(FromArray([-.7], [1]), FromArray([.4], [1]));
        var grid = Grid(-1, 1);
        var log = distribution.LogProb(grid);
        var weights = log.Exp() * (2.0 / Cells);
        Near.Equal(1, weights.Sum(), 1e-7);
        Near.Equal(distribution.Mean.Item(), (weights * grid.Squeeze(1)).Sum(), 1e-7);
        Near.Equal(distribution.Entropy().Item(), -(weights * log).Sum(), 1e-7);
        var many = new TruncatedNormal(Full([40000, 1], -.7), Full([40000, 1], .4)).Sample(noise);
        Assert.True(many.Min().Item() > -1 && many.Max().Item() < 1);
        Assert.Equal(distribution.Mean.Item(), many.Mean().Item(), 0.008);
    }

    /// <summary>Derivative with fixed noise against central differences.</summary>
    [Theory]
    [InlineData("normal")]
    [InlineData("tanh")]
    [InlineData("truncated")]
    public void SamplesCarryTheGradient(string kind)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 8);
        var fixedNoise = kind == "truncated" ? Rand([6], noise, DType.Float64) : Randn([6], noise, DType.Float64);
        var mean = FromArray([-.8, -.3, 0, .2, .5, .9], [6]).SetRequiresGrad(true);
        var std = FromArray([.2, .5, .7, .3, 1, .4], [6]).SetRequiresGrad(true);
        var gradients = Grad(Draw(mean, std).Sum(), [mean, std]);
        const double Step = 1e-6;
        var (toMean, toStd) = (Draw(mean + Step, std) - Draw(mean - Step, std), Draw(mean, std + Step) - Draw(mean, std - Step));
        Near.Equal((toMean / (2 * Step)).ToArray<double>(), gradients[0]!, 1e-6);
        Near.Equal((toStd / (2 * Step)).ToArray<double>(), gradients[1]!, 1e-6);

        Tensor Draw(Tensor m, Tensor s) => kind switch
        {
            "normal" => new DiagonalNormal(m, s).FromNoise(fixedNoise),
            "tanh" => new TanhNormal(m, s, noise).FromNoise(fixedNoise).Tanh(),
            _ => new TruncatedNormal(m, s).FromUniform(fixedNoise),
        };
    }

    [Fact]
    public void NormalAgreesWithItsIntegrals()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 9);
        var q = new DiagonalNormal(FromArray([.4], [1]), FromArray([.8], [1]));
        var p = new DiagonalNormal(FromArray([-.2], [1]), FromArray([1.3], [1]));
        var grid = Grid(-12, 12);
        var (logQ, logP) = (q.LogProb(grid), p.LogProb(grid));
        var weights = logQ.Exp() * (24.0 / Cells);
        Near.Equal(q.Entropy().Item(), -(weights * logQ).Sum());
        Near.Equal(Kl.Divergence(q, p).Item(), (weights * (logQ - logP)).Sum());
        var many = new DiagonalNormal(Full([40000, 1], .4), Full([40000, 1], .8)).Sample(noise);
        Assert.Equal(0.4, many.Mean().Item(), 0.02);
        Assert.Equal(0.64, many.Var(0, 1).Item(), 0.03);
    }

    private static Tensor Grid(double low, double high)
    {
        var width = (high - low) / Cells;
        return ((Arange(0, Cells, dtype: DType.Float64) + 0.5) * width + low).Unsqueeze(1);
    }
}
