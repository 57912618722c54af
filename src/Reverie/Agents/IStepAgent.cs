using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>An agent that acts in environments which go on, over the ends of episodes, while it learns.</summary>
/// <remarks>One that is no <see cref="IActingMemory"/> acts on what it sees, the run's randomness
/// (<see cref="AgentState.Reseed"/>) and what it has learned alone: it remembers nothing from one act to the next.</remarks>
public interface IStepAgent : IAgent
{
    /// <summary>What the latents are made of that the replay keeps beside its rows; <see cref="LatentRows.None"/> for none.
    /// </summary>
    LatentRows LatentRows { get; }
}
