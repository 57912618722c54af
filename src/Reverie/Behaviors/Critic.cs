using Reverie.Configuration;
using Reverie.Models;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>The value v(x) that a policy's rewards add up to from a state on, (…, F) → (…): a <see cref="Head"/> with a
/// way to follow another.</summary>
public sealed class Critic : Module
{
    private readonly Head head;

    /// <summary>Makes the layers.</summary>
    public Critic(int featureSize, CriticConfig config, string activation, Initializer init, string norm = "none") =>
        head = Register("", new Head(featureSize, config.Layers, config.Units, activation, init, norm,
            config.Distribution, config.Scale));

    /// <summary>Goes part of the way to another critic of the same sizes: θ ← θ + f·(θ' − θ); all of it for f =
    /// 1.</summary>
    public void MoveTowards(Critic other, double fraction) => SlowNetwork.Move(this, other, fraction);

    /// <inheritdoc cref="Head.Forward"/>
    public Distribution Forward(Tensor features) => head.Forward(features);
}
