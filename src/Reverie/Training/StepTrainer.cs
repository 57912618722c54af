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
/// The first update is made once there are as many rows to begin chunks at as a batch has rows; those up to then bring that
/// one update, and no decision is made at random before it. How many are due follows from the rows that there are, so no
/// fraction of an update is lost.
/// Evaluations have environments of their own. Episodes that are under way when the environment steps are used up, or when
/// the run is stopped, stay under way: they belong to the checkpoint.
/// </remarks>
public sealed class StepTrainer : Trainer
{
    private readonly Config _config;
    private readonly ParallelEnvironments _environments;
    private readonly StreamReplay _replay;
    private readonly StepCollector _collector;
    private readonly SequenceBatch _batch;
    private ParallelEnvironments? _others;
    private Collector? _player;
    private long? _learnsFrom;
    private double _seconds;    // that decisions took since an episode was over
    private long _decisions;

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    public StepTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        ILogger logger) : base(config, run, agent, environments, log, logger)
    {
        var recorder = agent as ILatentRecorder ?? throw new ConfigurationException("training.train_ratio: this agent has no "
            + "latents to begin chunks from; at 0 it learns between episodes");
        var (steps, folder) = (Saved?.Steps, Saved?.Folder ?? "");
        (_config, _environments, _learnsFrom) = (config, environments, steps?.LearnsFrom);
        _replay = new StreamReplay(Store, Layout, recorder.LatentRows, config.Replay, environments.Count, RandomOfReplay(),
            steps?.Replay, folder);
        _collector = new StepCollector(environments, _replay, recorder, config.Seed, config.EpisodeDecisions(), logger,
            steps, folder);
        _batch = _replay.CreateBatch();
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public StepTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report) : this(config, run, agent, environments, log, new LineLogger(report))
    {
    }

    // As many environment steps as it was to have, and the updates that belong to them.
    private protected override bool IsOver => Counters.EnvSteps >= _config.Training.EnvSteps && HasLearned;

    private protected override bool HasLearned => Counters.Updates >= UpdatesDue;

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals => [new(RunGoal.EnvSteps, _config.Training.EnvSteps, EvenFrom: 0)];

    private protected override IReplay Memory => _replay;

    private protected override Collector Player =>
        _player ??= new Collector(Others(), Layout, Logger, _config.EpisodeDecisions());

    private protected override StepState? Steps => new(_collector.Acts, _learnsFrom, _collector.Places, _replay.State);

    private protected override bool CanGoOn => !_collector.IsRecording;

    private long RowsOfUpdate => (long)_batch.L * _batch.B;

    private long UpdatesDue => _learnsFrom is { } from
        ? 1 + (long)((_replay.RowsAdded - from) * _config.Training.TrainRatio / RowsOfUpdate)
        : 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
        else if (!HasLearned && _replay.CanSample) Update(_replay, _batch);
        else if (IsOver) return Conclude();
        else Collect(cancel);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _collector.Dispose();
        _others?.Dispose();
        base.Dispose();
    }

    private protected override void SaveStepsTo(string folder)
    {
        _replay.SaveTo(folder);
        _collector.Acted?.SaveTo(folder);
    }

    private ParallelEnvironments Others() =>
        _others = _environments.Alike(Math.Min(_environments.Count, _config.Training.EvaluationEpisodes));

    private void Collect(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var taken = _collector.Step(cancel);
        Counters = Counters with
        {
            Decisions = Counters.Decisions + taken.Decisions,
            EnvSteps = Counters.EnvSteps + taken.EnvSteps,
            Restarts = Counters.Restarts + taken.Restarts,
        };
        (_seconds, _decisions) = (_seconds + watch.Elapsed.TotalSeconds, _decisions + taken.Decisions);
        if (_replay.Starts >= RowsOfUpdate) _learnsFrom ??= _replay.RowsAdded;
        if (taken.Ended.Count == 0) return;
        foreach (var (episode, restarts) in taken.Ended)
        {
            Counters = Counters with { Episodes = Counters.Episodes + 1 };
            Log(episode, restarts, _seconds / Math.Max(1, _decisions));
        }
        (_seconds, _decisions) = (0, 0);
        AfterEpisodes();
    }

    private bool Conclude()
    {
        if (Counters.Updates > 0) return false;
        var missing = RowsOfUpdate - _replay.Starts + (long)_batch.L * _environments.Count;
        Logger.Warn($"nothing is learned yet: training.env_steps = {_config.Training.EnvSteps} are used up by "
            + $"{_replay.RowsAdded} rows, fewer than the first update needs; the same command goes on with --env-steps "
            + $"{Counters.EnvSteps + missing * _config.Repeat()}");
        return false;
    }
}
