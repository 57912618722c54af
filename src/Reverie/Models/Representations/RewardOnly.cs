using Reverie.Torch;

namespace Reverie.Models.Representations;

/// <summary>Nothing but the reward shapes the latents (Dreamer §4). The decoder only watches: it learns what they
/// know, for dreams, and sends no gradient back.</summary>
public sealed class RewardOnly : Representation
{
    /// <inheritdoc/>
    internal override bool IsDivided => true;

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> Losses(
        WorldModel model, Observation seen, Tensor embed, Tensor features) =>
        Decoded(model, seen, features.Detach());
}
