using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>Learning while environments go on: evaluations have environments of their own, and steps are counted as they are
/// taken. What is learned from when, <see cref="StepTrainer"/> and <see cref="RolloutTrainer"/> say.</summary>
/// <remarks>Episodes that are under way when the environment steps are used up, or when the run is stopped, stay under way:
/// they belong to the checkpoint.</remarks>
public abstract class StreamTrainer : Trainer
{
    private readonly Config config;
    private readonly ParallelEnvironments environments;
    private ParallelEnvironments? others;
    private Collector? player;
    private double seconds;    // that decisions took since an episode was over
    private long decisions;

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    private protected StreamTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger) : base(config, run, agent, environments, log, logger) =>
        (this.config, this.environments) = (config, environments);

    /// <inheritdoc/>
    public override IReadOnlyList<RunGoal> Goals => [new(RunGoal.EnvSteps, config.Training.EnvSteps, EvenFrom: 0)];

    private protected override Collector Player =>
        player ??= new Collector(Others(), Layout, Logger, config.EpisodeDecisions());

    /// <inheritdoc/>
    public override void Dispose()
    {
        others?.Dispose();
        base.Dispose();
    }

    /// <summary>Counts what was taken, and logs the episodes that it ended.</summary>
    /// <param name="taken">By all environments.</param>
    /// <param name="took">Seconds.</param>
    /// <returns>Whether any episode was over.</returns>
    private protected bool Count(StepsTaken taken, double took)
    {
        Counters = Counters with
        {
            Decisions = Counters.Decisions + taken.Decisions,
            EnvSteps = Counters.EnvSteps + taken.EnvSteps,
            Restarts = Counters.Restarts + taken.Restarts,
        };
        (seconds, decisions) = (seconds + took, decisions + taken.Decisions);
        if (taken.Ended.Count == 0) return false;
        foreach (var (episode, restarts) in taken.Ended)
        {
            Counters = Counters with { Episodes = Counters.Episodes + 1 };
            Log(episode, restarts, seconds / Math.Max(1, decisions));
        }
        (seconds, decisions) = (0, 0);
        return true;
    }

    /// <summary>Counts and logs an episode that another process has played.</summary>
    /// <param name="played">As it came.</param>
    /// <param name="episode">As it was recorded.</param>
    /// <param name="decisionSeconds">What a decision took.</param>
    /// <param name="staleness">Updates since the parameters that it was played with; null where actions were random.</param>
    private protected void Count(CollectedEpisode played, Episode episode, double decisionSeconds, long? staleness)
    {
        Counters = Counters with
        {
            Decisions = Counters.Decisions + episode.Decisions,
            EnvSteps = Counters.EnvSteps + played.EnvSteps,
            Restarts = Counters.Restarts + played.Restarts,
            Episodes = Counters.Episodes + 1,
        };
        Log(episode, played.Restarts, decisionSeconds, staleness);
    }

    private ParallelEnvironments Others() =>
        others = environments.Alike(Math.Min(environments.Count,
            config.Training.EvaluationEpisodes * environments.Tasks.Count));
}
