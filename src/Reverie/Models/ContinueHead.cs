using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>How much of the future counts after a state, as a Bernoulli: (…, F) → (…). Trained towards γ where the
/// episode goes on and 0 where it ended, so that its mean is the discount itself (D App. A, "pcont").</summary>
public sealed class ContinueHead : Module
{
    private readonly Mlp mlp;

    /// <summary>Makes the layers.</summary>
    public ContinueHead(int featureSize, int layers, int units, string activation, Initializer init,
        string norm = "none") =>
        mlp = Register("mlp", new Mlp(featureSize, layers, units, 1, activation, init, norm));

    /// <summary>The distribution, in the type of the features.</summary>
    public Bernoulli Forward(Tensor features) => new(mlp.Forward(features).Squeeze(-1).To(features.DType));
}
