namespace Reverie.Agents;

/// <summary>What learning behaviour computes for every imagined decision, in forward passes; one back counts one for the
/// gradients of inputs, and one for those of weights.</summary>
/// <param name="Starts">States that are imagined from.</param>
/// <param name="Model">Passes of the prior and the heads of reward and end.</param>
/// <param name="Actor">Passes of the actor.</param>
/// <param name="Critic">Passes of a critic.</param>
public sealed record BehaviorPasses(double Starts, double Model, double Actor, double Critic);
