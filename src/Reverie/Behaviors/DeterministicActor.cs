using Reverie.Models;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>A policy that chooses one action in a state: a = π(x), (…, F) → (…, A) within (−1, 1) by tanh.</summary>
public sealed class DeterministicActor : Module
{
    private readonly ControlNet net;

    /// <summary>Makes the layers, as those of <see cref="ControlNet"/>.</summary>
    public DeterministicActor(int featureSize, int actionSize, IReadOnlyList<int> widths, string activation,
        bool firstNorm, Initializer init, double outScale = 1) =>
        net = Register("net", new ControlNet(featureSize, widths, actionSize, activation, firstNorm, init, outScale));

    /// <summary>The actions.</summary>
    public Tensor Forward(Tensor features) => net.Forward(features).Tanh();
}
