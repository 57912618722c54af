using Reverie.Configuration;
using Reverie.Torch.Nn;

namespace Reverie.Models.Representations;

/// <summary>What is known of a representation before one is made.</summary>
public sealed record RepresentationKind : Part
{
    /// <summary>Makes one with new parameters, from the weights of losses and the model whose latents it shapes.</summary>
    public required Func<LossConfig, WorldModel, Initializer, Representation> Make { get; init; }
}
