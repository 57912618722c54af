using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>One of which can be written down what it remembers between two acts, so that a run goes on from there.</summary>
/// <remarks>How it acts must follow from what <see cref="Read"/> gives, its last actions and
/// <see cref="AgentState.Reseed"/> alone.</remarks>
public interface IActingMemory : IStepAgent
{
    /// <summary>What it remembers is made of; of size 0 where it remembers nothing.</summary>
    LatentRows MemoryRows { get; }

    /// <summary>The latents that it acted in last, one row an environment, in full precision.</summary>
    /// <param name="state">Has acted before.</param>
    LatentChunk Read(AgentState state);

    /// <summary>Makes a state what it was after an act.</summary>
    /// <param name="state">A new one.</param>
    /// <param name="rows">What <see cref="Read"/> gave, a row an environment.</param>
    /// <param name="actions">(N·A): what <see cref="IAgent.Act"/> gave.</param>
    void Restore(AgentState state, LatentChunk rows, float[] actions);
}
