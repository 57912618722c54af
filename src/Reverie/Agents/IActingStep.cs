using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>One decision of an agent as functions of tensors alone: what <see cref="IAgent.Act"/> does, and what an export
/// traces. N rows at once.</summary>
internal interface IActingStep
{
    /// <summary>What was learned of the world.</summary>
    ILatentWorld World { get; }

    /// <summary>States after one more observation.</summary>
    /// <param name="mask">(N, 1), 0 on rows that begin an episode: what came before does not count there.</param>
    /// <param name="action">(N, A), led to the rows.</param>
    /// <param name="previous">States before them.</param>
    /// <param name="seen">As the environment gave it.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="mode">Whether there are any.</param>
    LatentState Filter(Tensor mask, Tensor action, LatentState previous, Observation seen, Generator noise, ActMode mode);

    /// <summary>Actions (N, A) in states; null where they are planned.</summary>
    Tensor? Choose(LatentState belief, Generator noise, ActMode mode);

    /// <summary>What is expected from states on, (N); null where nothing says so.</summary>
    Tensor? Value(LatentState belief);
}
