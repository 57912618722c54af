using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>
/// An agent that learns from chunks of a stream, which begin anywhere: it starts each of them from a latent that the
/// replay has kept, its own of that row. The replay gets them as it acts and, newer ones, from each of its updates.
/// </summary>
/// <remarks>Such an agent's <see cref="IAgent.Update"/> finds <see cref="SequenceBatch.Context"/> filled and fills
/// <see cref="SequenceBatch.Latents"/>. How it acts must follow from the state's latents, its last actions and
/// <see cref="AgentState.Reseed"/> alone.</remarks>
public interface ILatentRecorder : IStepAgent
{
    /// <summary>The latents that it acted in last, one row an environment, in full precision.</summary>
    /// <param name="state">Has acted before.</param>
    LatentChunk Read(AgentState state);

    /// <summary>Makes a state what it was after an act.</summary>
    /// <param name="state">A new one.</param>
    /// <param name="rows">What <see cref="Read"/> gave, a row an environment.</param>
    /// <param name="actions">(N·A): what <see cref="IAgent.Act"/> gave.</param>
    void Restore(AgentState state, LatentChunk rows, float[] actions);
}
