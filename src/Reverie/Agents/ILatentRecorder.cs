using Reverie.Replay;

namespace Reverie.Agents;

/// <summary>
/// An agent that learns from chunks of a stream, which begin anywhere: it starts each of them from a latent that the
/// replay has kept, its own of that row. The replay gets them as it acts and, newer ones, from each of its updates.
/// </summary>
/// <remarks>Such an agent's <see cref="IAgent.Update"/> finds <see cref="SequenceBatch.Context"/> filled and fills
/// <see cref="SequenceBatch.Latents"/>.</remarks>
public interface ILatentRecorder : IActingMemory
{
    /// <inheritdoc/>
    LatentRows IActingMemory.MemoryRows => LatentRows;
}
