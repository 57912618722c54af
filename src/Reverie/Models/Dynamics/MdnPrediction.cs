using Reverie.Torch;

namespace Reverie.Models.Dynamics;

/// <summary>What the memory of World Models says of the next row.</summary>
/// <param name="Next">Mixtures over its latent.</param>
/// <param name="DoneLogit">Log-odds that the episode ends there, (…); null where nobody predicts it.</param>
/// <param name="Reward">Mean of the reward on the way there, (…); null where nobody predicts it.</param>
public sealed record MdnPrediction(MixtureLatent Next, Tensor? DoneLogit, Tensor? Reward);
