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
    private readonly Config _config;
    private readonly ReplayBuffer _replay;
    private readonly Collector _collector;

    /// <inheritdoc cref="Trainer(Config, RunDirectory, IAgent, ParallelEnvironments, RunLogger, ILogger, Config, int)"/>
    private protected WholeEpisodeTrainer(Config config, RunDirectory run, IAgent agent, ParallelEnvironments environments,
        RunLogger log, ILogger logger, Config? recorded = null, int firstEpisodes = 0)
        : base(config, run, agent, environments, log, logger, recorded, firstEpisodes)
    {
        _config = config;
        _replay = new ReplayBuffer(Store, Layout, (recorded ?? config).Replay, RandomOfReplay(), logger, agent.Device);
        _collector = new Collector(environments, Layout, logger, config.EpisodeDecisions());
    }

    /// <summary>What was recorded.</summary>
    protected ReplayBuffer Replay => _replay;

    /// <summary>Plays episodes.</summary>
    protected Collector Collector => _collector;

    private protected override IReplay Memory => _replay;

    private protected override Collector Player => _collector;

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
        var episodes = _collector.Collect(
            agent, ActMode.Collect, Seed(stream, Counters.Episodes), cancel, count, envSteps: envSteps);
        foreach (var (episode, taken, restarts) in episodes)
        {
            _replay.Add(episode);
            Counters = Counters with
            {
                Episodes = Counters.Episodes + 1,
                Decisions = Counters.Decisions + episode.Decisions,
                EnvSteps = Counters.EnvSteps + taken,
                Restarts = Counters.Restarts + restarts,
            };
            Log(episode, restarts, watch.Elapsed.TotalSeconds / episodes.Sum(each => each.Episode.Decisions));
        }
        AfterEpisodes();
    }

    /// <summary>Collects with random actions; parameters as of <see cref="CollectWith"/>.</summary>
    protected void CollectRandom(CancellationToken cancel, int? count = null, long envSteps = long.MaxValue)
    {
        using var random = new RandomAgent(_replay.Layout, _config.Exploration.Random);
        CollectWith(random, RandomStream.SeedEpisode, cancel, count, envSteps);
    }
}
