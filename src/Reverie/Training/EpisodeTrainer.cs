using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;

namespace Reverie.Training;

/// <summary>
/// The loop of PlaNet and the Dreamers (PlaNet algorithm 1): seed episodes, then C updates for each episode collected,
/// with evaluations and checkpoints between. It knows nothing of models.
/// </summary>
public sealed class EpisodeTrainer : Trainer
{
    private readonly Config _config;
    private readonly IAgent _agent;
    private readonly SequenceBatch _batch;

    /// <inheritdoc/>
    public EpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, Action<string> report) : base(config, run, agent, environments, log, report) =>
        (_config, _agent, _batch) = (config, agent, Replay.CreateBatch());

    /// <summary>True once the run has as many environment steps as it was to have, and the updates that belong to
    /// them.</summary>
    public override bool IsDone => Counters.EnvSteps >= _config.Training.EnvSteps && Counters.Updates >= UpdatesDue;

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals => [new(RunGoal.EnvSteps, _config.Training.EnvSteps, EvenFrom: 0)];

    // After S seed episodes: C updates (or another number, the first time), then an episode, then C updates, …
    private long UpdatesDue => Counters.Episodes < _config.Training.SeedEpisodes
        ? 0
        : FirstUpdates + (long)_config.Training.UpdatesPerEpisode * (Counters.Episodes - _config.Training.SeedEpisodes);

    private long FirstUpdates =>
        _config.Training.PretrainUpdates > 0 ? _config.Training.PretrainUpdates : _config.Training.UpdatesPerEpisode;

    private bool EvaluationDue => _config.Training.EvaluateEvery > 0 && Counters.Updates > Counters.EvaluatedAt
        && Counters.Updates % _config.Training.EvaluateEvery == 0;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationDue) Evaluate(cancel);
        else if (IsDone) return false;
        else if (Counters.Episodes < _config.Training.SeedEpisodes) CollectRandom(cancel);
        else if (Counters.Updates < UpdatesDue) Update(Replay, _batch);
        else CollectWith(_agent, RandomStream.Episode, cancel);
        return true;
    }
}
