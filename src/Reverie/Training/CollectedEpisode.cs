using Reverie.Replay;

namespace Reverie.Training;

/// <summary>An episode and what it took to get it.</summary>
/// <param name="Episode">What was recorded.</param>
/// <param name="EnvSteps">Steps of the simulator in it, action repeats counted.</param>
/// <param name="Restarts">Crashes of its environment before it was whole; what had been played was dropped.</param>
public sealed record CollectedEpisode(Episode Episode, long EnvSteps, int Restarts)
{
    /// <summary>Latents that the agent acted in, of each row as a replay keeps it; empty where nobody asked for them.</summary>
    internal byte[] Latents { get; init; } = [];
}
