using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>One decision of an agent that remembers nothing, as functions of tensors alone: what <see cref="IAgent.Act"/> does
/// without draws, and what an export traces. N rows at once, as the environment gave them.</summary>
internal interface IReflexStep : IAgent
{
    /// <summary>What is seen and done.</summary>
    EpisodeLayout Layout { get; }

    /// <summary>Actions (N, A).</summary>
    /// <param name="seen">N rows.</param>
    /// <param name="noise">Of the device, for policies that are made with one; nothing is drawn.</param>
    Tensor Choose(Observation seen, Generator noise);

    /// <summary>What is expected from there on with these actions, (N).</summary>
    Tensor Value(Observation seen, Tensor action);
}
