using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>
/// Dreamer's policy π(a | x): dense layers, then a normal distribution squashed by tanh (D App. A) or cut off at the
/// bounds (V2), whose samples let gradients through; or, for choices, one-hot vectors with straight-through gradients. Each
/// group of actions has its own, all from the same layers.
/// </summary>
public sealed class Actor : Module
{
    private readonly Mlp mlp;
    private readonly ActorConfig config;
    private readonly ActionGroups groups;

    /// <summary>Makes the layers.</summary>
    /// <param name="featureSize">F.</param>
    /// <param name="groups">What an action is made of.</param>
    /// <param name="config">Sizes, and how outputs become a distribution.</param>
    /// <param name="activation">Between the layers.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="norm">Before each activation: <c>none</c> or <c>rms</c>.</param>
    public Actor(int featureSize, ActionGroups groups, ActorConfig config, string activation, Initializer init,
        string norm = "none")
    {
        (this.config, this.groups) = (config, groups);
        mlp = Register("mlp", new Mlp(featureSize, config.Layers, config.Units, groups.Sum(Outputs), activation, init, norm,
            config.Scale));
    }

    /// <summary>Features (…, F) → distributions over actions (…, A), in the type of the features.</summary>
    /// <param name="features">What the policy sees.</param>
    /// <param name="noise">Source of the draws behind mode, mean and entropy, which the squashed normal has no formula
    /// for.</param>
    /// <param name="allowed">(…, A), 1 for what may be chosen, else 0; null where everything may. What may not has
    /// probability 0.</param>
    public Distribution Forward(Tensor features, Generator noise, Tensor? allowed = null)
    {
        var outputs = mlp.Forward(features).To(features.DType);                            // (…, Σ A or 2A)
        if (groups.Count == 1) return Of(groups[0], outputs, noise, allowed);
        var (parts, at) = (new (Distribution, long)[groups.Count], 0L);
        for (var i = 0; i < parts.Length; at += Outputs(groups[i]), i++)
            parts[i] = (Of(groups[i], outputs.Narrow(-1, at, Outputs(groups[i])), noise,
                allowed?.Narrow(-1, groups[i].Start, groups[i].Size)), groups[i].Size);
        return new JointDistribution(parts);
    }

    // A choice has a logit each, a continuous entry two numbers.
    private static int Outputs(ActionGroup group) => group.IsChoice ? group.Size : 2 * group.Size;

    private Distribution Of(ActionGroup group, Tensor outputs, Generator noise, Tensor? allowed)
    {
        if (group.IsChoice) return allowed is null ? new OneHotCategorical(outputs, unimix: config.Unimix)
            : new OneHotCategorical(Masking.Logits(outputs, allowed, config.Unimix));
        var (m, raw) = (outputs.Narrow(-1, 0, group.Size), outputs.Narrow(-1, group.Size, group.Size));
        if (config.Distribution == "bounded_normal")
            return BoundedNormal.FromOutputs(m, raw, config.MinStd, config.MaxStd);
        if (config.Distribution == "trunc_normal") return TruncatedNormal.FromOutputs(m, raw, config.MinStd);
        return TanhNormal.FromOutputs(m, raw, noise, config.InitialStd, config.MinStd, config.MeanScale);
    }
}
