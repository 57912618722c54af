using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>The last layer before a latent: hidden units (…, in) to the distribution of s, in the type of the parameters.
/// </summary>
public abstract class LatentHead : Module
{
    /// <summary>Applies it.</summary>
    public abstract LatentDistribution Forward(Tensor x);
}
