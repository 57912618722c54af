using Reverie.Models;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>The policy of soft actor-critic (Haarnoja et al. 2018): a normal distribution squashed by tanh, whose deviation's
/// logarithm is squashed into [−10, 2] (CU). (…, F) → distributions over (…, A).</summary>
public sealed class SquashedActor : Module
{
    private const double Least = -10, Most = 2;

    private readonly ControlNet net;
    private readonly int actionSize;

    /// <summary>Makes the layers.</summary>
    public SquashedActor(int featureSize, int actionSize, IReadOnlyList<int> widths, string activation, Initializer init)
    {
        this.actionSize = actionSize;
        net = Register("net", new ControlNet(featureSize, widths, 2 * actionSize, activation, firstNorm: false, init));
    }

    /// <summary>The distributions; noise is the source of the draws behind what they have no formula for.</summary>
    public TanhNormal Forward(Tensor features, Generator noise)
    {
        var outputs = net.Forward(features);                                            // (…, 2A)
        var raw = outputs.Narrow(-1, actionSize, actionSize).Tanh();
        return new(outputs.Narrow(-1, 0, actionSize), ((raw + 1) * ((Most - Least) / 2) + Least).Exp(), noise);
    }
}
