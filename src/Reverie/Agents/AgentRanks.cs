using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Agents;

/// <summary>An agent whose losses ask what they need to know of the whole batch, so that several ranks can divide it.</summary>
internal interface ILearnsInRanks : IAgent
{
    /// <summary>Has its losses ask there from now on.</summary>
    void Share(IGlobalStatistics batch);
}

/// <summary>Agents of several ranks that are one: each learns from its share of every batch, and all take the same step.</summary>
internal static class AgentRanks
{
    /// <summary>One rank's share of a configuration: of a batch its part, everything random of its own, and no CUDA graphs, which
    /// cannot hold what goes between processes. Rank 0 keeps the seed.</summary>
    /// <param name="config">The run's.</param>
    /// <param name="place">Who this is.</param>
    /// <exception cref="ConfigurationException">The agent cannot be divided, or the batch not evenly.</exception>
    public static Config ShareOf(Config config, RankPlace place)
    {
        if (!AgentRegistry.Find(config.Agent).LearnsInRanks)
            throw new ConfigurationException($"agent = {config.Agent} learns in one process alone; several ranks learn "
                + string.Join(", ", AgentRegistry.All.Where(kind => kind.LearnsInRanks).Select(kind => kind.Name)));
        var (kind, count) = (AgentRegistry.Find(config.Agent), place.Count);
        if (kind.Loop is not TrainingLoop.Rollouts) Divide("replay.batch_size", config.Replay.BatchSize);
        if (kind.Loop is TrainingLoop.Rollouts) Divide("environment.count", config.Environment.Count);
        if (kind.Loop is TrainingLoop.Phases) Divide("vae.batch_size", config.Vae.BatchSize);
        return config with
        {
            Seed = SeedOf(config.Seed, place.Rank),
            Replay = config.Replay with { BatchSize = Math.Max(1, config.Replay.BatchSize / count) },
            Vae = config.Vae with { BatchSize = Math.Max(1, config.Vae.BatchSize / count) },
            // A rollout of every environment is a row of the batch.
            Environment = config.Environment with
            {
                Count = kind.Loop is TrainingLoop.Rollouts ? config.Environment.Count / count : config.Environment.Count,
            },
            Training = config.Training with { RandomDecisions = (config.Training.RandomDecisions + count - 1) / count },
            Exploration = Noise(config, place),
            Compute = config.Compute with
            {
                Graphs = "off",
                // Where each of them sees one GPU alone, that is its own.
                Device = config.Compute.Device is "auto" or "cuda" && Device.CudaCount > 1
                    ? $"cuda:{place.LocalRank % Device.CudaCount}" : config.Compute.Device,
            },
        };

        void Divide(string key, int size)
        {
            if (size % count != 0)
                throw new ConfigurationException($"{key} = {size} cannot be divided by {count} ranks; set it to a multiple, or take "
                    + "another number of ranks");
        }
    }

    /// <summary>The part of the ladder of deviations that the environments of one process have, which goes over those of all.
    /// </summary>
    public static ExplorationConfig Noise(Config config, RankPlace place)
    {
        var (noise, each) = (config.Exploration, config.Environment.Count);
        if (noise.LeastNoise == 0 || place.Count == 1 || AgentRegistry.Find(config.Agent).Loop is TrainingLoop.Rollouts) return noise;
        double Of(int n) => noise.LeastNoise + (noise.ActionNoise - noise.LeastNoise) * n / (place.Count * each - 1);
        return noise with { LeastNoise = Of(place.Rank * each), ActionNoise = Of(place.Rank * each + each - 1) };
    }

    /// <summary>The seed of a rank, from the run's.</summary>
    public static int SeedOf(int seed, int rank) => rank == 0 ? seed
        : RandomSource.Derive((ulong)seed, RandomStream.Rank, (ulong)rank).NextInt(int.MaxValue);

    /// <summary>Makes the agent of this rank one with those of all others: parameters and moments are those of rank 0 from now on,
    /// gradients and what losses ask those of all.</summary>
    /// <exception cref="ReverieException">Its losses compare rows of a batch with each other, or a rank cannot be reached.
    /// </exception>
    public static void Join(IAgent agent, RankGroup group)
    {
        if (agent is not ILearnsInRanks shared)
            throw new ConfigurationException($"{agent.GetType().Name} learns in one process alone");
        if (agent is ModelAgent { Representation.IsDivided: false } model)
            throw new ConfigurationException($"loss.representation: {model.Representation.GetType().Name} compares the rows of a "
                + "batch with each other, which ranks would divide; take another of the library, or one rank");
        shared.Share(group);
        foreach (var module in agent.Modules.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            foreach (var (_, value) in module.Value.NamedParameters())
                group.Broadcast(value);
        foreach (var (_, optimizer) in agent.Optimizers.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            optimizer.Averaging = group;
            foreach (var (_, moment) in optimizer.State) group.Broadcast(moment);
        }
    }
}
