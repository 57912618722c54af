using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>What a configuration comes to: where to compute, environments, and an agent that fits them.</summary>
public sealed class RunParts : IDisposable
{
    private readonly int decisions;

    /// <summary>Makes them.</summary>
    /// <param name="config">The configuration; its tasks are registered.</param>
    /// <param name="count">How many environments, of each task.</param>
    /// <param name="pictures">Whether episodes are to have pictures even where the agent sees none.</param>
    /// <param name="task">One of several tasks, to be played alone; null for all of them.</param>
    /// <exception cref="ReverieException">The device is not here, or the environment cannot be made.</exception>
    public RunParts(Config config, int count, bool pictures = false, string? task = null)
    {
        Compute = Compute.Prepare(config.Compute);
        decisions = config.EpisodeDecisions();
        var sees = config.Model.Sees();
        var shown = pictures && sees == ObservationKind.Vector ? ObservationKind.Both : sees;
        try
        {
            Environments = ParallelEnvironments.Make(config.Task, config.Environment, config.Seed, shown, count, task);
            // What no episode can begin in, for want of OpenGL perhaps, is told now and not as a crash later.
            if (!OfflineTasks.Owns(config.Task))
                Environments.Reset([.. Enumerable.Range(0, Environments.Count).Select(n => config.Seed + n)]);
            var (observation, action) = (Environments.ObservationSpace, Environments.ActionSpace);
            Layout = EpisodeLayout.From(observation, action);
            var shownToIt = ObservationChoice.Of(config.Task, observation, sees);
            SpaceRule.DemandLearnable(config.Task, shownToIt);
            var seen = EpisodeLayout.From(shownToIt, action);
            Agent = AgentRegistry.Create(config, seen, Compute.Device, Compute.Precision);
            ThreadChoice.Make(config, Agent, seen);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Device and precision.</summary>
    public Compute Compute { get; }

    /// <summary>All of the configuration's tasks.</summary>
    public ParallelEnvironments Environments { get; }

    /// <summary>What a row of an episode is made of.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>With new parameters, until a checkpoint is loaded into it.</summary>
    public IAgent Agent { get; }

    /// <summary>Plays episodes in the environments.</summary>
    /// <param name="logger">Told of crashes and of episodes that are cut.</param>
    public Collector Collector(ILogger logger) => new(Environments, Layout, logger, decisions);

    /// <summary>The same, with an action that takes the lines.</summary>
    public Collector Collector(Action<string> report) => Collector(new LineLogger(report));

    /// <summary>Frees agent and environments.</summary>
    public void Dispose()
    {
        Agent?.Dispose();
        Environments?.Dispose();
    }
}
