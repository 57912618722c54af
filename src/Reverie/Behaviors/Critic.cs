using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>The value v(x) that a policy's rewards add up to from a state on, as the mean of a Gaussian of unit
/// variance: (…, F) → (…).</summary>
public sealed class Critic : Module
{
    private readonly Mlp _mlp;

    /// <summary>Makes the layers.</summary>
    public Critic(int featureSize, CriticConfig config, string activation, Initializer init) =>
        _mlp = Register("mlp", new Mlp(featureSize, config.Layers, config.Units, 1, activation, init));

    /// <summary>Goes part of the way to another critic of the same sizes: θ ← θ + f·(θ' − θ); all of it for f =
    /// 1.</summary>
    public void MoveTowards(Critic other, double fraction)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        foreach (var (own, target) in Parameters().Zip(other.Parameters()))
            own.Copy_(fraction == 1 ? target : own + (target - own) * fraction);
    }

    /// <summary>The distribution, in the type of the features.</summary>
    public UnitNormal Forward(Tensor features) => new(_mlp.Forward(features).Squeeze(-1).To(features.DType), eventDims: 0);
}
