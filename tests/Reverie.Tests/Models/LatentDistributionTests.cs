using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Models;

/// <summary>States whose latents are categorical, beside those whose latents are Gaussian.</summary>
[NoTensorLeaks]
public sealed class LatentDistributionTests
{
    /// <summary>On states: value, and the two gradients that balancing weighs.</summary>
    [Fact]
    public void DivergencesOfCategoricalStatesHaveTwoGradients()
    {
        using var scope = new TensorScope();
        var (q, p) = (Categorical(1, 0, -1, .2, .3, -.5), Categorical(.5, .5, 0, 0, 1, 2));
        var leaves = Array.ConvertAll([q, p], state => state.Distribution.Parts[0].SetRequiresGrad(true));
        double[] toPosterior = [0.2526414388070328, -0.15178687972971722, -0.10085455907731555, 0.3450121759104074,
            -0.001003507960659055, -0.3440086679497483];
        double[] toPrior = [-0.2815892245842711, 0.13892326013575307, 0.1426659644485182, -0.29432519067685114,
            -0.18005034134391396, 0.4743755320207652];
        var (prior, posterior) = (q.Detach().KlTo(p), q.KlTo(p.Detach()));
        Near.Equal(0.724421494892715, prior);
        Near.Equal(0.724421494892715, posterior);
        var balanced = (prior * 0.8 + posterior * 0.2).Sum();
        var gradients = Reverie.Torch.Torch.Grad(balanced, leaves);
        Near.Equal(Array.ConvertAll(toPosterior, x => 0.2 * x), gradients[0]!);
        Near.Equal(Array.ConvertAll(toPrior, x => 0.8 * x), gradients[1]!);
    }

    [Fact]
    public void TheStandardSaysNothing()
    {
        using var scope = new TensorScope();
        var state = Categorical(1, 0, -1, .2, .3, -.5);
        Near.Equal(2 * Math.Log(3) - 1.879710184177064, state.KlTo(state.Distribution.Standard));
        Assert.Equal("entropy", state.Distribution.Spread.Name);
        Near.Equal(1.879710184177064, state.Distribution.Spread.Value);
        var gaussian = new GaussianLatent(Tensor.Full([1, 2], 1, DType.Float64), Tensor.Full([1, 2], 1, DType.Float64));
        var drawn = new LatentState(Tensor.Zeros([1, 0], DType.Float64), gaussian.Mean, gaussian);
        Near.Equal(1, drawn.KlTo(gaussian.Standard));               // ½ μ² for each of two dimensions
        Assert.Equal("std", gaussian.Spread.Name);
    }

    [Fact]
    public void StatesAreJoinedCutAndMaskedWithTheirLogits()
    {
        using var scope = new TensorScope();
        var rows = new[] { Categorical(1, 2, 3, 4, 5, 6), Categorical(7, 8, 9, 10, 11, 12) };
        var both = LatentState.Stack(rows);                         // (2, 1, ·)
        Assert.Equal([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], both.Distribution.Parts[0].ToArray<double>());
        var last = LatentState.Cat(both, both).Narrow(3, 1).FlattenTime().UnflattenTime(1);
        Assert.Equal([1, 1, 6], last.Distribution.Parts[0].Shape.ToArray());
        Assert.Equal([7.0, 8, 9, 10, 11, 12], last.Distribution.Parts[0].ToArray<double>());
        var cut = rows[0].Masked(Tensor.Zeros([1, 1], DType.Float64));
        Assert.All(cut.Distribution.Parts[0].ToArray<double>(), logit => Assert.Equal(0, logit));
        Assert.Equal(3, Assert.IsType<CategoricalLatent>(last.Distribution).Classes);
        Assert.Throws<InvalidOperationException>(() => last.Mean);
    }

    [Fact]
    public void WithoutNoiseTheSampleIsTheLikeliestClass()
    {
        using var scope = new TensorScope();
        var state = Categorical(1, 0, -1, .2, .3, -.5);
        Assert.Equal([1.0, 0, 0, 0, 1, 0], state.Distribution.Sample(null).ToArray<double>());
        Assert.Equal([0.0, 0, 1, 1, 0, 0],
            state.Distribution.Sample(Tensor.FromArray([0.999, 0.001], [1, 2])).ToArray<double>());
    }

    // One state of two variables with three classes each.
    private static LatentState Categorical(params double[] logits)
    {
        var distribution = new CategoricalLatent(Tensor.FromArray(logits, [1, 6]), 3);
        return new(Tensor.Zeros([1, 0], DType.Float64), distribution.Sample(null), distribution);
    }
}
