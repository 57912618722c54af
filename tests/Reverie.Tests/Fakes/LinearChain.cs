using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Fakes;

/// <summary>
/// Dynamics that can be computed by hand: prior N(decay·s + gain·a, deviation), posterior N(e₀, e₁), both of one
/// dimension; decay and gain are parameters.
/// </summary>
internal sealed class LinearChain : LatentDynamics
{
    private readonly Tensor decay, gain;
    private readonly double deviation;

    public LinearChain(Initializer init, double decay, double gain, double deviation) : base(1, 0, init)
    {
        this.decay = Parameter("decay", init.Constant(decay));
        this.gain = Parameter("gain", init.Constant(gain));
        this.deviation = deviation;
    }

    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise)
    {
        var mean = previous.Stoch * decay + action.Narrow(-1, 0, 1) * gain;
        var std = Tensor.Full(mean.Shape, deviation, mean.DType);
        return new(previous.Deter, new GaussianLatent(mean, std).Sample(noise), mean, std);
    }

    public override LatentState PosteriorStep(LatentState previous, Tensor action, LatentState prior, Tensor embed,
        Tensor? noise)
    {
        var (mean, std) = (embed.Narrow(-1, 0, 1), embed.Narrow(-1, 1, 1));
        return new(prior.Deter, new GaussianLatent(mean, std).Sample(noise), mean, std);
    }
}
