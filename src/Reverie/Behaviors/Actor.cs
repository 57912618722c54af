using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>
/// Dreamer's policy π(a | x): dense layers, then a normal distribution squashed by tanh (D App. A) or cut off at the
/// bounds (V2), whose samples let gradients through; or, for discrete actions, one-hot vectors with straight-through
/// gradients.
/// </summary>
public sealed class Actor : Module
{
    private readonly Mlp mlp;
    private readonly ActorConfig config;
    private readonly int actionSize;
    private readonly bool discrete;

    /// <summary>Makes the layers.</summary>
    /// <param name="featureSize">F.</param>
    /// <param name="actionSize">A: entries of an action, or the number of discrete ones.</param>
    /// <param name="discrete">Whether an action is one-hot.</param>
    /// <param name="config">Sizes, and how outputs become a distribution.</param>
    /// <param name="activation">Between the layers.</param>
    /// <param name="init">Device and randomness of the parameters.</param>
    /// <param name="norm">Before each activation: <c>none</c> or <c>rms</c>.</param>
    public Actor(int featureSize, int actionSize, bool discrete, ActorConfig config, string activation, Initializer init,
        string norm = "none")
    {
        (this.config, this.actionSize, this.discrete) = (config, actionSize, discrete);
        var outputs = discrete ? actionSize : 2 * actionSize;
        mlp = Register("mlp", new Mlp(featureSize, config.Layers, config.Units, outputs, activation, init, norm,
            config.Scale));
    }

    /// <summary>Features (…, F) → distributions over actions (…, A), in the type of the features.</summary>
    /// <param name="features">What the policy sees.</param>
    /// <param name="noise">Source of the draws behind mode, mean and entropy, which the squashed normal has no formula
    /// for.</param>
    public Distribution Forward(Tensor features, Generator noise)
    {
        var outputs = mlp.Forward(features).To(features.DType);                            // (…, A) or (…, 2A)
        if (discrete) return new OneHotCategorical(outputs, unimix: config.Unimix);
        var (m, raw) = (outputs.Narrow(-1, 0, actionSize), outputs.Narrow(-1, actionSize, actionSize));
        if (config.Distribution == "bounded_normal")
            return BoundedNormal.FromOutputs(m, raw, config.MinStd, config.MaxStd);
        if (config.Distribution == "trunc_normal") return TruncatedNormal.FromOutputs(m, raw, config.MinStd);
        return TanhNormal.FromOutputs(m, raw, noise, config.InitialStd, config.MinStd, config.MeanScale);
    }
}
