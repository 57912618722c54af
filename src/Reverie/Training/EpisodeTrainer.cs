using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// The loop of PlaNet and the Dreamers (PlaNet algorithm 1): seed episodes, then C updates for each episode collected,
/// with evaluations and checkpoints between. It knows nothing of models.
/// </summary>
/// <remarks>The episode that is under way when the environment steps are used up is played to its end, so that its
/// return is a whole one; but one that may be longer than all of them together is cut there, as by a time limit.
/// </remarks>
public sealed class EpisodeTrainer : WholeEpisodeTrainer
{
    private readonly Config config;
    private readonly IAgent agent;
    private readonly SequenceBatch batch;

    /// <inheritdoc/>
    public EpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) : base(config, run, agent, environments, log, logger,
            firstEpisodes: config.Training.SeedEpisodes) =>
        (this.config, this.agent, batch) = (config, agent, Replay.CreateBatch());

    /// <summary>The same, with an action that takes the lines.</summary>
    public EpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report) : this(config, run, agent, environments, log, new LineLogger(report))
    {
    }

    // As many environment steps as it was to have, and the updates that belong to them.
    private protected override bool IsOver => Counters.EnvSteps >= config.Training.EnvSteps && HasLearned;

    private protected override bool HasLearned => Counters.Updates >= UpdatesDue;

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals => [new(RunGoal.EnvSteps, config.Training.EnvSteps, EvenFrom: 0)];

    // After S seed episodes: C updates (or another number, the first time), then an episode, then C updates, …
    private long UpdatesDue => Counters.Episodes < config.Training.SeedEpisodes
        ? 0
        : FirstUpdates + (long)config.Training.UpdatesPerEpisode * (Counters.Episodes - config.Training.SeedEpisodes);

    private long FirstUpdates =>
        config.Training.PretrainUpdates > 0 ? config.Training.PretrainUpdates : config.Training.UpdatesPerEpisode;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
        else if (IsOver) return Conclude();
        else if (Counters.Episodes < config.Training.SeedEpisodes) CollectRandom(cancel, envSteps: EnvStepsLeft);
        else if (!HasLearned) Update(Replay, batch);
        else CollectWith(agent, RandomStream.Episode, cancel, envSteps: EnvStepsLeft);
        return true;
    }

    private long LongestSteps => config.EpisodeSteps();

    private long EnvStepsLeft => LongestSteps > 0 && LongestSteps <= config.Training.EnvSteps
        ? long.MaxValue
        : config.Training.EnvSteps - Counters.EnvSteps;

    private bool Conclude()
    {
        var missing = config.Training.SeedEpisodes - Counters.Episodes;
        if (Counters.Updates > 0 || missing <= 0) return false;
        // As many episodes of the longest kind, and one that the agent plays.
        var longest = LongestSteps > 0 ? LongestSteps : (long)EpisodeExtent.LongestUnknown * config.Repeat();
        Logger.Warn($"nothing is learned yet: training.env_steps = {config.Training.EnvSteps} are used up by "
            + $"{Counters.Episodes} of training.seed_episodes = {config.Training.SeedEpisodes}; the same command goes on "
            + $"with --env-steps {Counters.EnvSteps + (missing + 1) * longest}");
        return false;
    }
}
