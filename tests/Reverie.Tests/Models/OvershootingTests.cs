using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Models;

/// <summary>Equations 5 to 7 of PlaNet on chains that can be computed by hand.</summary>
[NoTensorLeaks]
public sealed class OvershootingTests
{
    // Four rows: the action that led to each, and what was seen there.
    private static readonly double[] MovedBy = [.4, -.2, .7, .1];
    private static readonly double[] Seen = [.2, .5, -.1, .3, .6, .25, 1.1, .6];      // mean, std, mean, std, …
    private static readonly double[] Noise = [.5, -1, .25, .8];

    private static readonly double[] One =
        [0.05810644868579018, 0.5815101974517809, 1.3281286292457355, 0.8629382122043356];
    private static readonly double[] Two = [0.17018207245178096, 0.16719191049573556, 3.7241630168918363];
    private static readonly double[] Three = [0.2643286292457354, 0.9635823997043351];
    private static readonly double[] Four = [1.6231850168918358];

    [Fact]
    public void EveryDistanceHasThePriorsThatEquationFiveGives()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var (posterior, prior) = Observe(chain);
        Near.Equal([.45, -.4, .6625, 1.58], posterior.Stoch);
        Near.Equal([.2, .305, -.01, .64625], prior.Mean);
        Near.Equal(One, posterior.KlTo(prior));

        var steps = Rollout(chain, posterior, 4).ToArray();
        Assert.Equal([2, 3, 4], steps.Select(step => step.Distance));
        Near.Equal([.08, .6245, .041], steps[0].Prior.Mean);
        Near.Equal([.422, .61205], steps[1].Prior.Mean);
        Near.Equal([.4298], steps[2].Prior.Mean);
        Near.Equal(Two, Kl(steps[0]));
        Near.Equal(Three, Kl(steps[1]));
        Near.Equal(Four, Kl(steps[2]));
    }

    [Fact]
    public void WeightedSumsAreThoseOfEquationSeven()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        Near.Equal(2.8306834875876423, Bound(1));
        Near.Equal(2.7067105054590215, Bound(1, 1, 1));
        Near.Equal(2.435829133317225, Bound(1, 1, 1, 1));
        Near.Equal(3.712258159052546, Bound(3, .5, .5));

        // (1/D) Σ_d β_d Σ_t KL
        Tensor Bound(params double[] betas)
        {
            var (posterior, prior) = Observe(chain);
            var sum = posterior.KlTo(prior).Sum() * betas[0];
            foreach (var step in Rollout(chain, posterior, betas.Length))
                sum += Kl(step).Sum() * betas[step.Distance - 1];
            return sum / betas.Length;
        }
    }

    /// <summary>Ours: distance 1 whole, and beside it the mean over the distances beyond of means over rows.</summary>
    [Fact]
    public void OurNormalisationIsAMeanOverRowsThenOverDistances()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var (posterior, prior) = Observe(chain);
        var beyond = Rollout(chain, posterior, 3).Select(s => Overshooting.MaskedMean(Kl(s), s.Valid)).ToArray();
        Near.Equal(1.691571462440987, posterior.KlTo(prior).Mean() + Tensor.Stack(beyond).Mean());
        Near.Equal(4.061536999839353, beyond[0] * 3);       // fixed overshooting at distance 2, summed over its 3 rows
        Near.Equal(1.2279110289500705, beyond[1] * 2);
    }

    [Fact]
    public void FreeNatsShiftTheValueRowByRow()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var (posterior, prior) = Observe(chain);
        var divergence = posterior.KlTo(prior);
        Near.Equal(1.872577038901852, (divergence - .3).Relu().Sum());
        Near.Equal(3.0725770389018523, divergence.Clamp(.3, null).Sum());
    }

    [Fact]
    public void IntermediateStatesAreSamples()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var (posterior, prior) = Observe(chain);
        var d = 0;
        // Start j, sampled row t = j + d: ε = .3(j + 1) − .2t.
        Tensor Noise(long rows)
        {
            d++;
            return Column(Enumerable.Range(0, (int)rows).Select(j => .3 * (j + 1) - .2 * (j + d)).ToArray());
        }
        var steps = Overshooting.Rollout(chain, posterior, Actions(), null, 3, Noise).ToArray();
        Near.Equal([.116, .6965, .149], steps[0].Prior.Mean);
        Near.Equal(3.4549369998393527, Kl(steps[0]).Sum());
        Near.Equal(1.047458778950071, Kl(steps[1]).Sum());
        Near.Equal(2.444359755459022, (posterior.KlTo(prior).Sum() + Kl(steps[0]).Sum() + Kl(steps[1]).Sum()) / 3);
    }

    [Fact]
    public void StartsAndActionsOfAnAdditiveChainLineUp()
    {
        using var scope = new TensorScope();
        using var chain = Chain(1, 1, 0);
        var actions = Sequence(0, .1, .2, .3, .4, .5);
        var seen = Tensor.FromArray([10.0, 0, 20, 0, 30, 0, 40, 0, 50, 0, 60, 0], [6, 1, 2]);
        var (posterior, prior) = chain.Observe(seen, actions, null, chain.Initial(1), Sequence(0, 0, 0, 0, 0, 0));
        Near.Equal([0, 10.1, 20.2, 30.3, 40.4, 50.5], prior.Stoch);
        var steps = Overshooting.Rollout(chain, posterior, actions, null, 4, _ => null).ToArray();
        Near.Equal([.1, 10.3, 20.5, 30.7, 40.9], steps[0].Prior.Stoch);
        Near.Equal([.3, 10.6, 20.9, 31.2], steps[1].Prior.Stoch);
        Near.Equal([.6, 11.0, 21.4], steps[2].Prior.Stoch);
        Near.Equal([40, 50, 60], steps[2].Target.Mean);
    }

    [Fact]
    public void DistanceOneHasNothingBeyondAndNoneIsLongerThanTheChunk()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var (posterior, _) = Observe(chain);
        Assert.Empty(Rollout(chain, posterior, 1));
        Assert.Equal([2, 3, 4], Rollout(chain, posterior, 50).Select(step => step.Distance));
    }

    /// <summary>Every start rolled out on its own, with resets: what the batched layout must equal.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ResetsInsideTheChunkStartAnewAndDoNotCount(int seed)
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        var random = new RandomSource((ulong)seed);
        const int Length = 7, Batch = 3, Distance = 5;
        double[] Draw(Func<double> one) => [.. Enumerable.Range(0, Length * Batch).Select(_ => one())];
        var (means, actions) = (Draw(() => random.NextDouble(-1, 1)), Draw(() => random.NextDouble(-1, 1)));
        var continues = Draw(() => random.NextDouble() < 0.3 ? 0 : 1);
        var stoch = Tensor.FromArray(means, [Length, Batch, 1]);
        var std = Tensor.Ones(stoch.Shape, DType.Float64);
        var posterior = new LatentState(stoch.Narrow(-1, 0, 0), stoch, stoch, std);
        var steps = Overshooting.Rollout(chain, posterior, Tensor.FromArray(actions, [Length, Batch, 1]),
            Tensor.FromArray(continues, [Length, Batch, 1]), Distance, _ => null).ToDictionary(step => step.Distance);

        for (var b = 0; b < Batch; b++)
            for (var start = 0; start < Length; start++)
            {
                var (state, counts) = (start == 0 ? 0 : means[(start - 1) * Batch + b], true);
                for (var d = 1; d <= Distance && start + d <= Length; d++)
                {
                    var row = (start + d - 1) * Batch + b;
                    state = continues[row] * (.9 * state + .5 * actions[row]);
                    if (d == 1) continue;                       // a start on a reset is a start from zero, and counts
                    counts &= continues[row] == 1;
                    Near.Equal(state, steps[d].Prior.Mean[start][b]);
                    Assert.Equal(counts, steps[d].Valid![start][b].ToArray<bool>()[0]);
                    Near.Equal(means[row], steps[d].Target.Mean[start][b]);
                }
            }
    }

    [Fact]
    public void WhatMaskedCellsHoldDoesNotMatter()
    {
        using var scope = new TensorScope();
        var valid = Tensor.FromArray([true, false, true, false], [2, 2]);
        foreach (var other in new[] { 0, 1e300, double.NaN, double.PositiveInfinity })
        {
            var values = Tensor.FromArray([1.0, other, 4, other], [2, 2]).SetRequiresGrad(true);
            var mean = Overshooting.MaskedMean(values, valid);
            Near.Equal(2.5, mean);
            Near.Equal([.5, 0, .5, 0], Reverie.Torch.Torch.Grad(mean, [values])[0]!);
        }
        var none = Tensor.FromArray([false], [1]);
        Near.Equal(0, Overshooting.MaskedMean(Tensor.FromArray([double.NaN], [1]), none));
        Near.Equal(1.5, Overshooting.MaskedMean(Tensor.FromArray([1.0, 2], [2]), null));
    }

    /// <summary>Targets stand still and priors move: rows seen move only as starts.</summary>
    [Fact]
    public void BeyondDistanceOneTheTargetGetsNoGradient()
    {
        using var scope = new TensorScope();
        using var chain = Chain(.9, .5, .4);
        for (var distance = 2; distance <= 4; distance++)
        {
            Assert.Equal(Moved(4 - distance), Gradient(distance, stopTargets: true));
            int[] targets = [.. Enumerable.Range(0, 4).Where(t => t >= 4 - distance && t >= distance - 1)];
            Assert.Equal([.. Moved(4 - distance), .. targets], Gradient(distance, stopTargets: false));
        }

        static int[] Moved(int starts) => [.. Enumerable.Range(0, starts)];

        // Rows of what was seen that the loss at one distance moves.
        int[] Gradient(int distance, bool stopTargets)
        {
            var seen = Tensor.FromArray(Seen, [4, 1, 2]).SetRequiresGrad(true);
            var (posterior, _) = chain.Observe(seen, Actions(), null, chain.Initial(1), Sequence(Noise));
            var step = Overshooting.Rollout(chain, posterior, Actions(), null, distance, _ => null, stopTargets)
                .Single(s => s.Distance == distance);
            var inputs = chain.Parameters().Prepend(seen).ToArray();
            var gradients = Reverie.Torch.Torch.Grad(Kl(step).Sum(), inputs);
            Assert.All(gradients.Skip(1), gradient => Assert.NotEqual(0, gradient!.Item()));
            var rows = gradients[0]?.ToArray<double>() ?? new double[8];
            return [.. Enumerable.Range(0, 4).Where(t => rows[2 * t] != 0 || rows[2 * t + 1] != 0)];
        }
    }

    private static LinearChain Chain(double decay, double gain, double deviation)
    {
        using var random = new Generator(Device.Cpu, 1);
        return new LinearChain(new Initializer(Device.Cpu, random) { DType = DType.Float64 }, decay, gain, deviation);
    }

    private static (LatentState Posterior, LatentState Prior) Observe(LinearChain chain) => chain.Observe(
        Tensor.FromArray(Seen, [4, 1, 2]), Actions(), null, chain.Initial(1), Sequence(Noise));

    private static IEnumerable<Overshooting.Step> Rollout(LinearChain chain, LatentState posterior, int distance) =>
        Overshooting.Rollout(chain, posterior, Actions(), null, distance, _ => null);

    private static Tensor Kl(Overshooting.Step step) => step.Target.KlTo(step.Prior);

    private static Tensor Actions() => Sequence(MovedBy);

    private static Tensor Sequence(params double[] values) => Tensor.FromArray(values, [values.Length, 1, 1]);

    private static Tensor Column(double[] values) => Tensor.FromArray(values, [values.Length, 1]);
}
