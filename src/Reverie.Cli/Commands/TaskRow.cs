using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary>What <c>reverie tasks --json</c> tells of a task.</summary>
internal sealed record TaskRow(
    string Task, string Domain, int ActionSize, bool Discrete, int VectorSize,
    IReadOnlyList<ObservationEntry> Observations, int EpisodeSteps, int EpisodeDecisions, int ActionRepeat, int Camera,
    IReadOnlyList<AgentProtocol> Protocols, IReadOnlyList<PublishedScore> PublishedScores)
{
    /// <summary>The row of a task.</summary>
    public static TaskRow Of(TaskInfo info) => new(
        info.Task, info.Domain, info.ActionSize, info.ActionSpace is DiscreteSpace, info.VectorSize, info.Observations,
        info.EpisodeSteps, info.EpisodeDecisions, info.ActionRepeat, info.Camera, info.Protocols, info.PublishedScores);
}
