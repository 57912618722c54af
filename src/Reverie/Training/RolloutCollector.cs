using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// Collects what an agent learns from at once: it acts on the rows that there are, with the parameters of this moment, and
/// each environment gives the row that follows. A rollout is so many of these calls.
/// </summary>
/// <remarks>Where an environment has no episode under way the agent is shown a row of zeros, and what it chooses there is not
/// done: the row that follows is that of a reset.</remarks>
internal sealed class RolloutCollector : StreamCollector
{
    private readonly RolloutReplay replay;
    private readonly TimeStep blank;

    /// <summary>Begins, or goes on from a checkpoint.</summary>
    /// <inheritdoc cref="StepCollector(ParallelEnvironments, StreamReplay, IStepAgent, Config, ILogger, StepState, string)"/>
    public RolloutCollector(ParallelEnvironments environments, RolloutReplay replay, IActingMemory agent, Config config,
        ILogger logger, StepState? saved = null, string folder = "")
        : base(environments, replay, null, agent, config, 0, logger, saved, folder)
    {
        this.replay = replay;
        var layout = replay.Layout;
        blank = new TimeStep
        {
            Image = new byte[layout.ImageSize], Vector = new float[layout.VectorSize],
            ActionMask = [.. Enumerable.Repeat(true, layout.MaskSize)], IsFirst = true,
        };
    }

    /// <summary>An act in all environments, and the row that each gives.</summary>
    /// <inheritdoc cref="StepCollector.Step" path="/param"/>
    /// <inheritdoc cref="StepCollector.Step" path="/exception"/>
    public StepsTaken Step(CancellationToken cancel)
    {
        var next = Ready(cancel);
        if (!replay.IsUnderWay) replay.Begin(Acted?.Latents);
        var rows = new TimeStep[Count];
        for (var n = 0; n < Count; n++) rows[n] = replay.UnderWay(n) > 0 ? Environments.Rows[n] : blank;
        var acting = Act(rows, n => Math.Max(1, replay.UnderWay(n)));
        var broken = Play(next, acting.Actions);
        var taken = Record(next, broken, acting.Actions, acting, (n, led, row) => replay.Add(n, led, row));
        replay.Advance();
        return taken;
    }
}
