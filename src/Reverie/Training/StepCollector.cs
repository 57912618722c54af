using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// Collects what an agent learns from later: a call is a row of each environment, that of a step or of a reset, and an act on
/// all of them. The rows go to the replay with the latents that the agent acted in.
/// </summary>
/// <remarks>A call that throws has recorded nothing, unless <see cref="IsRecording"/> says otherwise.</remarks>
internal sealed class StepCollector : StreamCollector
{
    private readonly StreamReplay replay;

    /// <summary>Begins, or goes on from a checkpoint.</summary>
    /// <param name="environments">As many as the replay has streams; the caller disposes them.</param>
    /// <param name="replay">Takes the rows; has those of the checkpoint.</param>
    /// <param name="agent">Who acts.</param>
    /// <param name="config">The run's: its seed, its decisions at random, and how long episodes are.</param>
    /// <param name="logger">Told, in a line, of each crash, and once of episodes that are cut.</param>
    /// <param name="saved">What the checkpoint says; null to begin.</param>
    /// <param name="folder">The checkpoint's.</param>
    /// <exception cref="ReverieException">The checkpoint is of another agent, or cannot be read.</exception>
    public StepCollector(ParallelEnvironments environments, StreamReplay replay, IStepAgent agent, Config config, ILogger logger,
        StepState? saved = null, string folder = "")
        : base(environments, replay, replay.Latents, agent, config, config.Training.RandomDecisions, logger, saved, folder) =>
        this.replay = replay;

    /// <summary>True where a call has left in the middle of recording its rows: they are not those of any moment.</summary>
    public bool IsRecording { get; private set; }

    /// <summary>A row of each environment, and an act on all of them.</summary>
    /// <param name="cancel">Leaves while environments are brought back to where they were.</param>
    /// <exception cref="ReverieException">An environment crashed <see cref="Collector.MostCrashes"/> times without ending an
    /// episode, or hangs, an action of the agent cannot be taken, or the disk refuses.</exception>
    public StepsTaken Step(CancellationToken cancel)
    {
        var next = Ready(cancel);
        var broken = Play(next, Acted?.Actions);
        var acting = Act(Environments.Rows, n => Environments.Rows[n].IsFirst ? 1 : replay.UnderWay(n) + 1);
        IsRecording = true;
        var taken = Record(next, broken, Acted?.Actions, acting, (n, led, row) => replay.Add(n, led, row, acting.Latents, n));
        IsRecording = false;
        return taken;
    }
}
