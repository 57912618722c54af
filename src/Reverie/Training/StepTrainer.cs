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
/// </remarks>
public sealed class StepTrainer : StreamTrainer
{
    private readonly Config config;
    private readonly int environmentCount;
    private readonly StreamReplay replay;
    private readonly StepCollector collector;
    private readonly SequenceBatch batch;
    private readonly double ratio;
    private long? learnsFrom;
    private long rowsAdded;        // by all ranks
    private bool canSample;        // each of them

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    public StepTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger) : base(config, run, agent, environments, log, logger)
    {
        var learner = agent as IStepAgent ?? throw new ConfigurationException("training.train_ratio: this agent learns from "
            + "whole episodes; at 0 it learns between them");
        var (steps, folder) = (Saved?.Steps, Saved?.Folder ?? "");
        (this.config, environmentCount, learnsFrom) = (config, environments.Count, steps?.LearnsFrom);
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

    // As many environment steps as it was to have, and the updates that belong to them.
    private protected override bool IsOver => Counters.EnvSteps >= config.Training.EnvSteps && HasLearned;

    private protected override bool HasLearned => Counters.Updates >= UpdatesDue;

    private protected override IReplay Memory => replay;

    private protected override StepState? Steps => new(collector.Acts, learnsFrom, collector.Places, replay.State);

    private protected override bool CanGoOn => !collector.IsRecording;

    private long RowsOfUpdate => RowsOfShare * Ranks.Count;

    private long RowsOfShare => (long)batch.L * batch.B;

    private long UpdatesDue => learnsFrom is { } from
        ? 1 + (long)((rowsAdded - from) * ratio / RowsOfUpdate)
        : 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
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
