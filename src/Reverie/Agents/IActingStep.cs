using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>One decision of an agent as functions of tensors alone: what <see cref="IAgent.Act"/> does, and what an export
/// traces. N rows at once.</summary>
internal interface IActingStep : IDreamingAgent
{
    /// <summary>States after one more observation.</summary>
    /// <param name="mask">(N, 1), 0 on rows that begin an episode: what came before does not count there.</param>
    /// <param name="action">(N, A), led to the rows.</param>
    /// <param name="previous">States before them.</param>
    /// <param name="seen">As the environment gave it.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="mode">Whether there are any.</param>
    LatentState Filter(Tensor mask, Tensor action, LatentState previous, Observation seen, Generator noise, ActMode mode);

    /// <summary>Actions (N, A) in states; null where they are planned.</summary>
    /// <param name="belief">Parts (N, ·).</param>
    /// <param name="allowed">(N, A), 1 for what may be chosen, else 0; null where everything may.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="mode">Whether there are any.</param>
    Tensor? Choose(LatentState belief, Tensor? allowed, Generator noise, ActMode mode);

    /// <summary>What the model believes may be chosen in states, (N, A), 1 or 0; null where it believes nothing of it.</summary>
    Tensor? Allowed(LatentState belief);

    /// <summary>What is expected from states on, (N); null where nothing says so.</summary>
    Tensor? Value(LatentState belief);
}
