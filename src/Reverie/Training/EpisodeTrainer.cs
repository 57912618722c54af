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
/// with evaluations and checkpoints between. Of several tasks an episode of each is collected at a time. It knows nothing of
/// models.
/// </summary>
/// <remarks>The episode that is under way when the environment steps are used up is played to its end, so that its
/// return is a whole one; but one that may be longer than all of them together is cut there, as by a time limit.
/// </remarks>
public sealed class EpisodeTrainer : WholeEpisodeTrainer
{
    private readonly Config config;
    private readonly IAgent agent;
    private readonly SequenceBatch batch;
    private readonly int seedEpisodes;      // of all tasks
    private readonly int side;              // episodes that are collected at a time

    /// <inheritdoc/>
    public EpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) : base(config, run, agent, environments, log, logger,
            firstEpisodes: config.Training.SeedEpisodes) =>
        (this.config, this.agent, batch, seedEpisodes, side) = (config, agent, Replay.CreateBatch(),
            config.Training.SeedEpisodes * environments.Tasks.Count, environments.Count);

    /// <summary>The same, with an action that takes the lines.</summary>
    public EpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments, RunLogger log,
        Action<string> report) : this(config, run, agent, environments, log, new LineLogger(report))
    {
    }

    /// <summary>Other processes that play, so that learning need not wait for episodes; null where this one plays itself.</summary>
    internal ActorPool? Actors { get; set; }

    // As many environment steps as it was to have, and the updates that belong to them.
    private protected override bool IsOver => Counters.EnvSteps >= config.Training.EnvSteps && HasLearned;

    private protected override bool HasLearned => Counters.Updates >= UpdatesDue;

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals => [new(RunGoal.EnvSteps, config.Training.EnvSteps, EvenFrom: 0)];

    // After S seed episodes of each task: C updates (or another number, the first time), then an episode, then C updates, …
    private long UpdatesDue => Counters.Episodes < seedEpisodes
        ? 0
        : FirstUpdates + (long)config.Training.UpdatesPerEpisode * (Counters.Episodes - seedEpisodes);

    private long FirstUpdates =>
        config.Training.PretrainUpdates > 0 ? config.Training.PretrainUpdates : config.Training.UpdatesPerEpisode;

    /// <inheritdoc/>
    protected override bool TryWork(CancellationToken cancel)
    {
        if (EvaluationIsDue) Evaluate(cancel);
        else if (IsOver) return Conclude();
        else if (Actors is not null) LearnBeside(Actors, cancel);
        else if (Counters.Episodes < seedEpisodes) CollectRandom(cancel, envSteps: EnvStepsLeft);
        else if (!HasLearned) Update(Replay, batch);
        else CollectWith(agent, RandomStream.Episode, cancel, envSteps: EnvStepsLeft);
        return true;
    }

    // Updates are made while others play, as many for an episode as ever; where all are made, for want of episodes it waits.
    private void LearnBeside(ActorPool actors, CancellationToken cancel)
    {
        actors.Exchange(agent, Counters.Updates, Layout,
            parcel => Record(parcel.Episodes, parcel.Seconds, parcel.StalenessAt(Counters.Updates)),
            () => MayPlay(actors) ? Next(actors.UnderWay) : null);
        if (!HasLearned) Update(Replay, batch);
        else ActorPool.Wait(cancel);
    }

    private ActorTicket Next(int underWay)
    {
        var (random, number) = (Counters.Episodes < seedEpisodes, Counters.Episodes + underWay * side);
        return new(Seed(random ? RandomStream.SeedEpisode : RandomStream.Episode, number), random, EnvStepsLeft);
    }

    // Not beyond what the run is to have; with no new parameters before the first update; and no further ahead of learning than
    // one round of all of them.
    private bool MayPlay(ActorPool actors)
    {
        var underWay = actors.UnderWay;
        if (Counters.Episodes < seedEpisodes) return Counters.Episodes + underWay * side < seedEpisodes;
        return Counters.Updates >= FirstUpdates
            && Counters.EnvSteps + underWay * side * Math.Max(1, LongestSteps) < config.Training.EnvSteps
            && UpdatesDue - Counters.Updates <= (long)config.Training.UpdatesPerEpisode * side * actors.Count;
    }

    private long LongestSteps => config.EpisodeSteps();

    private bool Conclude()
    {
        var missing = seedEpisodes - Counters.Episodes;
        if (Counters.Updates > 0 || missing <= 0 || !Ranks.Leads) return false;
        // As many episodes of the longest kind, and one that the agent plays.
        var longest = LongestSteps > 0 ? LongestSteps : (long)EpisodeExtent.LongestUnknown * config.Repeat();
        Logger.Warn($"nothing is learned yet: training.env_steps = {config.Training.EnvSteps} are used up by "
            + $"{Counters.Episodes} of training.seed_episodes = {config.Training.SeedEpisodes}{(seedEpisodes > config.Training.SeedEpisodes ? " of each task" : "")}; the same command goes on "
            + $"with --env-steps {Counters.EnvSteps + (missing + 1) * longest}");
        return false;
    }
}
