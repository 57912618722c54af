using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>What training has in common that learns between episodes: a replay of whole ones, and how they are collected.
/// </summary>
public abstract class WholeEpisodeTrainer : Trainer
{
    private readonly Config config;
    private readonly ReplayBuffer replay;
    private readonly Collector collector;

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    private protected WholeEpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger, Config? recorded = null, int firstEpisodes = 0)
        : base(config, run, agent, environments, log, logger, recorded, firstEpisodes)
    {
        this.config = config;
        replay = new ReplayBuffer(Store, Layout, (recorded ?? config).Replay, RandomOfReplay(), logger, agent.Device,
            environments.Tasks.Count);
        collector = new Collector(environments, Layout, logger, config.EpisodeDecisions());
    }

    /// <summary>What was recorded.</summary>
    protected ReplayBuffer Replay => replay;

    /// <summary>Plays episodes.</summary>
    protected Collector Collector => collector;

    private protected override IReplay Memory => replay;

    private protected override Collector Player => collector;

    /// <summary>Collects an episode from every environment and records it.</summary>
    /// <param name="agent">Who acts.</param>
    /// <param name="stream">Where its randomness is from.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    /// <param name="count">How many episodes; one from every environment unless said.</param>
    /// <param name="envSteps">Environment steps that they may take together; what is not over by then is cut.</param>
    protected void CollectWith(IAgent agent, ulong stream, CancellationToken cancel, int? count = null,
        long envSteps = long.MaxValue)
    {
        var watch = Stopwatch.StartNew();
        var episodes = count == 0 ? [] : collector.Collect(
            agent, ActMode.Collect, Seed(stream, Counters.Episodes), cancel, count, envSteps: envSteps);
        Record(episodes, watch.Elapsed.TotalSeconds / episodes.Sum(each => each.Episode.Decisions), null);
    }

    /// <summary>Records episodes that were played.</summary>
    /// <param name="episodes">In the order of their numbers.</param>
    /// <param name="decisionSeconds">What a decision took.</param>
    /// <param name="staleness">Updates since the parameters that they were played with, where another process played them.
    /// </param>
    private protected void Record(IReadOnlyList<CollectedEpisode> episodes, double decisionSeconds, long? staleness)
    {
        var before = Counters;
        foreach (var (episode, taken, restarts) in episodes)
        {
            replay.Add(episode);
            Counters = Counters with
            {
                Episodes = Counters.Episodes + 1,
                Decisions = Counters.Decisions + episode.Decisions,
                EnvSteps = Counters.EnvSteps + taken,
                Restarts = Counters.Restarts + restarts,
            };
            Log(episode, restarts, decisionSeconds, staleness);
        }
        Counters = Ranks.Add(before, Counters);
        AfterEpisodes();
    }

    /// <summary>Collects with random actions; parameters as of <see cref="CollectWith"/>.</summary>
    protected void CollectRandom(CancellationToken cancel, int? count = null, long envSteps = long.MaxValue)
    {
        using var random = new RandomAgent(replay.Layout, config.Exploration.Random);
        CollectWith(random, RandomStream.SeedEpisode, cancel, count, envSteps);
    }
}
