using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Training;

/// <summary>What a configuration comes to: where to compute, environments, and an agent that fits them.</summary>
public sealed class Workshop : IDisposable
{
    private readonly List<IEnvironment> environments = [];

    /// <summary>Makes them.</summary>
    /// <param name="config">The configuration; its task is registered.</param>
    /// <param name="count">How many environments.</param>
    /// <param name="pictures">Whether episodes are to have pictures even where the agent sees none.</param>
    /// <exception cref="ReverieException">The device is not here, or the environment cannot be made.</exception>
    public Workshop(Config config, int count, bool pictures = false)
    {
        Compute = Compute.Prepare(config.Compute);
        var sees = config.Model.Sees;
        var shown = pictures && sees == ObservationKind.Vector ? ObservationKind.Both : sees;
        try
        {
            for (var i = 0; i < count; i++)
                environments.Add(EnvironmentRegistry.Make(config.Task, config.Environment, config.Seed + i, shown));
            var (observation, action) = (environments[0].ObservationSpace, environments[0].ActionSpace);
            Layout = EpisodeLayout.From(observation, action);
            var seen = EpisodeLayout.From(ObservationChoice.Of(config.Task, observation, sees), action);
            Agent = AgentFactory.Create(config, seen, Compute.Device, Compute.Precision);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Device and precision.</summary>
    public Compute Compute { get; }

    /// <summary>All of the configuration's task.</summary>
    public IReadOnlyList<IEnvironment> Environments => environments;

    /// <summary>What a row of an episode is made of.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>With new parameters, until a checkpoint is loaded into it.</summary>
    public IAgent Agent { get; }

    /// <summary>Frees agent and environments.</summary>
    public void Dispose()
    {
        Agent?.Dispose();
        foreach (var environment in environments)
            environment.Dispose();
    }
}
