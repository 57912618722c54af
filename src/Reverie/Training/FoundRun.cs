using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>What of a run is on the disk: its newest whole checkpoint, with which the agent is filled, the episodes that
/// belong to it, its log. Looking changes nothing there but what <see cref="RankShards"/> deals out to another number of ranks;
/// <see cref="Begin"/> makes the disk what was found.</summary>
internal sealed class FoundRun
{
    private readonly RunDirectory run;
    private readonly RunLogger log;
    private bool begun;

    /// <summary>Looks.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">Its directory, opened.</param>
    /// <param name="agent">Takes the parameters of the checkpoint.</param>
    /// <param name="log">Where measurements go on.</param>
    /// <param name="logger">Told what the user should know.</param>
    /// <exception cref="ReverieException">Parts of the run are missing, damaged or another run's, or it cannot begin with what
    /// another one has learned.</exception>
    public FoundRun(Config config, RunDirectory run, IAgent agent, RunLogger log, ILogger logger)
    {
        (this.run, this.log) = (run, log);
        RankShards.Deal(run, config, logger);
        Saved = run.Restarts ? null : run.Ranks.Count == 1
            ? Checkpoint.LoadNewest(run.Checkpoints, agent, logger) : OfAllRanks(agent, logger);
        if (Saved is null && !run.Restarts) run.DemandNothingLost();
        if (Saved is { IsSealed: false })
            logger.Warn($"{run.Path}: was saved by a version that kept no checksums of the state, the log and the episodes; "
                + "they could not be verified");
        if (Saved is not null) log.Demand(Saved.LogPosition, Saved.LogChecksum);
        else if (config.Transfer.OtherRun is not null) run.Transfer = Transfer.Into(agent, config, logger);
        Store = run.Restarts ? EpisodeStore.Anew(run.Episodes, config.Seed, logger)
            : new EpisodeStore(run.Episodes, config.Seed, logger);
        Store.GoBackTo(Saved?.Replay ?? new ReplayManifest([], 0, 0, 0));
    }

    // The newest that all of them have.
    private Checkpoint? OfAllRanks(IAgent agent, ILogger logger)
    {
        var mine = Checkpoint.Marks(run.Checkpoints, logger);
        var mark = run.Ranks.NewestOfAll(run.Path, [.. mine.Select(one => one.Mark)]);
        return mark is null ? null : Checkpoint.LoadFrom(mine.Last(one => one.Mark == mark).State.Folder, agent);
    }

    /// <summary>The checkpoint that the run goes on from; null where it begins.</summary>
    public Checkpoint? Saved { get; }

    /// <summary>Where episodes are, those of the checkpoint alone.</summary>
    public EpisodeStore Store { get; }

    /// <summary>Makes the disk what was found: the directory that of this run, the log and the episodes those of the
    /// checkpoint. Once.</summary>
    /// <param name="beginIn">Puts into the directory what else belongs there.</param>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    public void Begin(Action<RunDirectory> beginIn)
    {
        if (begun) return;
        run.Begin(saved: Saved is not null, beginIn);
        CheckpointFolders.Settle(run.Checkpoints, Saved?.Counters.Updates);
        Store.Settle();
        log.Resume(Saved?.LogPosition ?? 0, Saved?.Counters.EnvSteps ?? 0,
            Saved is null ? new Dictionary<string, long>() : Saved.MirrorPositions);
        begun = true;
    }
}
