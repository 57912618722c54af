using Reverie.Torch;

namespace Reverie.Models.Representations;

/// <summary>J_O = ln p(o_t | s_t): latents from which the observation can be decoded (PlaNet eq. 3, Dreamer eq.
/// 10).</summary>
public sealed class Reconstruction : Representation
{
    /// <inheritdoc/>
    internal override bool IsDivided => true;

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> Losses(
        WorldModel model, Observation seen, Tensor embed, Tensor features) =>
        Decoded(model, seen, features);
}
