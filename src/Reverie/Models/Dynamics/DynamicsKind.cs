using Reverie.Configuration;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>What is known of latent dynamics before any are made.</summary>
public sealed record DynamicsKind : Part
{
    /// <summary>Makes them with new parameters, from the settings of the model, the size A of an action and E of an
    /// embedding.</summary>
    public required Func<ModelConfig, int, int, Initializer, LatentDynamics> Make { get; init; }

    /// <summary>Whether the stochastic state is made of choices, <c>model.classes</c> to a variable.</summary>
    public bool HasClasses { get; init; }

    /// <summary>Whether there is a stochastic state.</summary>
    public bool HasStoch { get; init; } = true;

    /// <summary>Whether there is a deterministic state.</summary>
    public bool HasDeter { get; init; } = true;

    /// <summary>Multiply-adds of one step of the prior, from the settings and the size of an action; null where its layers
    /// are those of <see cref="Rssm"/>.</summary>
    public Func<ModelConfig, int, double>? PriorProducts { get; init; }
}
