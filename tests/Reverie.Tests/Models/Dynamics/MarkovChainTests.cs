using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Models.Dynamics;

/// <summary>Discrete latents on a chain of two states that are seen as they are: what an observation adds to what was
/// known before is the chain's entropy rate, and no model can do with less.</summary>
[NoTensorLeaks]
public sealed class MarkovChainTests
{
    private const int Length = 20, Batch = 32, Updates = 600;
    private const double Flip = 0.2;

    [Fact]
    public void TheDivergenceOfAStepIsTheEntropyRate()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 4);
        var config = new ModelConfig
        {
            Dynamics = "discrete_rssm", Stoch = 1, Classes = 2, Deter = 16, Hidden = 16, Activation = "elu",
            Gru = "norm",
        };
        var init = new Initializer(Device.Cpu, noise);
        using var dynamics = new DiscreteRssm(config, actionSize: 1, embedSize: 2, init);
        using var decoder = new Linear(dynamics.FeatureSize, 2, init);
        using var adam = new Adam([.. dynamics.NamedParameters("d."), .. decoder.NamedParameters("o.")],
            new AdamOptions { LearningRate = 1e-2, ClipNorm = 10 });
        var random = new RandomSource(4);
        var late = new List<double>();
        for (var update = 0; update < Updates; update++)
        {
            adam.LearningRate = 1e-2 * (1 - (double)update / Updates);
            var kl = Update(dynamics, decoder, adam, random, noise);
            if (update >= Updates - 100) late.Add(kl);
        }
        var rate = -Flip * Math.Log(Flip) - (1 - Flip) * Math.Log(1 - Flip);
        Assert.InRange(late.Average(), 0.95 * rate, 1.05 * rate);
    }

    // The KL of a step, but for the first one, which is that of a start.
    private static double Update(
        LatentDynamics dynamics, Linear decoder, Adam adam, RandomSource random, Generator noise)
    {
        using var scope = new TensorScope();
        var seen = Tensor.FromArray(Chains(random), [Length, Batch, 2]);
        var actions = Tensor.Zeros([Length, Batch, 1]);
        var (posterior, prior) = dynamics.Observe(
            seen, actions, null, dynamics.Initial(Batch), dynamics.Noise([Length, Batch], noise));
        var kl = posterior.KlTo(prior);
        // Seen as it is: an error costs more than any divergence could save.
        var image = -new OneHotCategorical(decoder.Forward(dynamics.Feature(posterior))).LogProb(seen);
        adam.Step((image * 100 + kl).Mean());
        return kl.Narrow(0, 1, Length - 1).Mean().Item();
    }

    private static float[] Chains(RandomSource random)
    {
        var seen = new float[Length * Batch * 2];
        for (var b = 0; b < Batch; b++)
        {
            var state = random.NextInt(2);
            for (var t = 0; t < Length; t++)
            {
                seen[(t * Batch + b) * 2 + state] = 1;
                if (random.NextDouble() < Flip) state = 1 - state;
            }
        }
        return seen;
    }
}
