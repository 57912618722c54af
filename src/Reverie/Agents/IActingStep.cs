using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>One decision of an agent as functions of tensors alone: what <see cref="IAgent.Act"/> does, and what an export
/// traces. N rows at once.</summary>
internal interface IActingStep : IAgent
{
    /// <summary>What it sees and does.</summary>
    EpisodeLayout Layout { get; }

    /// <summary>States before the first observation, parts (<paramref name="rows"/>, ·).</summary>
    LatentState Initial(long rows);

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

    /// <summary>What is expected from states on, (N); null where nothing says so.</summary>
    Tensor? Value(LatentState belief);
}

/// <summary>The same of an agent with a model, which can go on with closed eyes.</summary>
internal interface IDreamingStep : IActingStep, IDreamingAgent
{
    /// <summary>What the model believes may be chosen in states, (N, A), 1 or 0; null where it believes nothing of it.</summary>
    Tensor? Allowed(LatentState belief);
}
