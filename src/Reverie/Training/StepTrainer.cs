using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// The loop of DreamerV3: environments go on, each by itself, and updates are made while they do, so many that
/// <c>training.train_ratio</c> rows are learned from for each one that comes, with evaluations and checkpoints between. It
/// knows nothing of models.
/// </summary>
/// <remarks>
/// The first update is made once there are as many rows to begin chunks at as a batch has rows, and the decisions of
/// <c>training.random_decisions</c> are made; all rows up to then bring that one update. How many are due follows from the rows
/// that there are, so no fraction of an update is lost.
/// <para>Where others play, whole episodes of theirs come in place of rows, and all that is due is learned while they play on.
/// </para>
/// </remarks>
public sealed class StepTrainer : StreamTrainer
{
    private readonly Config config;
    private readonly IAgent agent;
    private readonly int environmentCount;
    private readonly StreamReplay replay;
    private readonly StepCollector collector;
    private readonly SequenceBatch batch;
    private readonly double ratio;
    private long? learnsFrom;
    private long rowsAdded;        // by all ranks
    private bool canSample;        // each of them
    private bool taking;           // an episode that another process has played

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    public StepTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger) : base(config, run, agent, environments, log, logger)
    {
        var learner = agent as IStepAgent ?? throw new ConfigurationException("training.train_ratio: this agent learns from "
            + "whole episodes; at 0 it learns between them");
        var (steps, folder) = (Saved?.Steps, Saved?.Folder ?? "");
        (this.config, this.agent, environmentCount, learnsFrom) = (config, agent, environments.Count, steps?.LearnsFrom);
        replay = new StreamReplay(Store, Layout, learner.LatentRows, config.Replay, environments.Count, RandomOfReplay(),
            steps?.Replay, folder, environments.Tasks.Count);
        collector = new StepCollector(environments, replay, learner, config, logger, steps, folder);
        (batch, ratio) = (replay.CreateBatch(), config.RowsLearnedPerRow());
        Agree(mayLearn: false);
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public StepTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report) : this(config, run, agent, environments, log, new LineLogger(report))
    {
    }

    /// <summary>Other processes that play, so that learning need not wait for environments; null where this one plays itself.
    /// </summary>
    internal ActorPool? Actors { get; set; }

    // As many environment steps as it was to have, and the updates that belong to them.
    private protected override bool IsOver => Counters.EnvSteps >= config.Training.EnvSteps && HasLearned;

    private protected override bool HasLearned => Counters.Updates >= UpdatesDue;

    private protected override IReplay Memory => replay;

    private protected override StepState? Steps => new(collector.Acts, learnsFrom, collector.Places, replay.State);

    private protected override bool CanGoOn => !collector.IsRecording && !taking;

    private long RowsOfUpdate => RowsOfShare * Ranks.Count;

    private long RowsOfShare => (long)batch.L * batch.B;

    private long UpdatesDue => learnsFrom is { } from
        ? 1 + (long)((rowsAdded - from) * ratio / RowsOfUpdate)
        : 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
        else if (Actors is not null && !IsOver) LearnBeside(Actors, cancel);
        else if (!HasLearned && canSample) Update(replay, batch);
        else if (IsOver) return Conclude();
        else Collect(cancel);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        collector.Dispose();
        base.Dispose();
    }

    private protected override void SaveStepsTo(string folder)
    {
        replay.SaveTo(folder);
        collector.Acted?.SaveTo(folder);
    }

    private void Collect(CancellationToken cancel)
    {
        var (watch, before) = (Stopwatch.StartNew(), Counters);
        var taken = collector.Step(cancel);
        var anyEnded = Count(taken, watch.Elapsed.TotalSeconds);
        Counters = Ranks.Add(before, Counters);
        Agree(mayLearn: true);
        if (anyEnded) AfterEpisodes();
    }

    // Updates are made while others play, as many for a row as ever; where all are made, for want of rows it waits.
    private void LearnBeside(ActorPool actors, CancellationToken cancel)
    {
        for (var n = 0; n < environmentCount; n++)
            if (replay.UnderWay(n) > 0) replay.Abandon(n);      // this process began it, and plays no more
        actors.Exchange(agent, Counters.Updates, Layout, Take, () => MayPlay(actors) ? Next(actors.UnderWay * environmentCount) : null);
        if (!HasLearned && canSample) Update(replay, batch);
        else ActorPool.Wait(cancel);
    }

    private ActorTicket Next(int underWay) => new(Seed(RandomStream.Episode, Counters.Episodes + underWay),
        Counters.Decisions + underWay * DecisionsOfOne < config.Training.RandomDecisions, EnvStepsLeft);

    // Not beyond what the run is to have, and no further ahead of learning than one round of all of them.
    private bool MayPlay(ActorPool actors)
    {
        var round = environmentCount * (DecisionsOfOne + 1);
        return Counters.EnvSteps + actors.UnderWay * environmentCount * Math.Max(1, config.EpisodeSteps()) < config.Training.EnvSteps
            && UpdatesDue - Counters.Updates <= (long)(actors.Count * round * ratio / RowsOfUpdate);
    }

    // Where nobody knows how long they may be, as many as those before.
    private long DecisionsOfOne => config.EpisodeDecisions() is var most and > 0 ? most
        : Counters.Decisions / Math.Max(1, Counters.Episodes);

    private void Take(ActorParcel parcel)
    {
        for (var n = 0; n < parcel.Episodes.Count; n++)
        {
            var one = parcel.Episodes[n];
            taking = true;
            var episode = replay.AddWhole(n, one.Episode, one.Latents);
            taking = false;
            collector.ActedElsewhere(episode.Decisions);
            Count(one, episode, parcel.Seconds, parcel.StalenessAt(Counters.Updates));
        }
        rowsAdded = replay.RowsAdded;
        canSample = replay.CanSample;
        // The rows beyond those that the first update needs bring updates, whichever came with them.
        var beyond = Math.Min(replay.Starts - RowsOfShare, Counters.Decisions - config.Training.RandomDecisions);
        if (beyond >= 0) learnsFrom ??= rowsAdded - Math.Min(beyond, rowsAdded);
        AfterEpisodes();
    }

    // What depends on the rows of all ranks, which may be more on one than on another.
    private void Agree(bool mayLearn)
    {
        var enough = replay.Starts >= RowsOfShare && !collector.ActsAtRandom;
        if (Ranks.Sum(replay.RowsAdded, replay.CanSample ? 1 : 0, enough ? 1 : 0) is not [var rows, var sampling, var having]) return;
        (rowsAdded, canSample) = (rows, sampling == Ranks.Count);
        if (mayLearn && having == Ranks.Count) learnsFrom ??= rowsAdded;
    }

    private bool Conclude()
    {
        if (Counters.Updates > 0 || !Ranks.Leads) return false;
        var missing = Math.Max(config.Training.RandomDecisions * Ranks.Count - Counters.Decisions,
            RowsOfUpdate - replay.Starts + (long)batch.L * environmentCount);
        Logger.Warn($"nothing is learned yet: training.env_steps = {config.Training.EnvSteps} are used up by "
            + $"{replay.RowsAdded} rows, fewer than the first update needs; the same command goes on with --env-steps "
            + $"{Counters.EnvSteps + missing * config.Repeat()}");
        return false;
    }
}
