using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>What a run has learned, taken from its newest checkpoint to be dreamt in. The run is only read: it may be
/// at work.</summary>
public sealed class DreamModel : IDisposable
{
    private DreamModel(Config config, EpisodeLayout layout, IDreamingAgent agent, Counters counters) =>
        (Config, Layout, Agent, Counters) = (config, layout, agent, counters);

    /// <summary>The run's configuration.</summary>
    public Config Config { get; }

    /// <summary>What the model sees and what is done in it.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>Who learned it.</summary>
    public IDreamingAgent Agent { get; }

    /// <summary>The model.</summary>
    public ILatentWorld World => Agent.World;

    /// <summary>How far the run was.</summary>
    public Counters Counters { get; }

    /// <summary>Whether rewards are predicted; otherwise every decision counts 1 (W §4).</summary>
    public bool PredictsReward => World.PredictsReward;

    /// <summary>Loads it, on the processor.</summary>
    /// <param name="run">Directory of the run.</param>
    /// <param name="logger">Told of checkpoints that are damaged.</param>
    /// <param name="precision">Type of convolutions and of planning; null for what the run has on the
    /// processor.</param>
    /// <exception cref="ReverieException">The folder is no run, has no checkpoint yet, or its agent has no
    /// model.</exception>
    public static DreamModel Open(string run, ILogger? logger = null, DType? precision = null)
    {
        var path = Path.Combine(run, RunDirectory.ConfigFile);
        if (!File.Exists(path))
            throw new DataException($"{run}: this is no run: it has no {RunDirectory.ConfigFile}");
        var config = ConfigReader.ReadResolved(path);
        RunSpaces.DemandSame(run, config);
        var layout = EpisodeLayout.From(
            EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()),
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment));
        var agent = AgentRegistry.Create(
            config, layout, Device.Cpu, precision ?? Compute.PrecisionOn(Device.Cpu, config.Compute));
        try
        {
            var dreaming = agent as IDreamingAgent
                ?? throw new ConfigurationException($"{run}: an agent of kind {config.Agent} has no model to dream in");
            var checkpoint = Checkpoint.LoadToAct(
                Path.Combine(run, RunDirectory.CheckpointFolder), agent, logger ?? NullLogger.Instance)
                ?? throw new DataException($"{run}: this run has no checkpoint yet; train it first");
            return new(config, layout, dreaming, checkpoint.Counters);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public static DreamModel Open(string run, Action<string> tell, DType? precision = null) =>
        Open(run, new LineLogger(tell), precision);

    /// <summary>A reward of the environment on the scale that the model predicts.</summary>
    public double AsPredicted(double reward) =>
        Agent is ModelAgent && Config.Model.RewardTransform == "tanh" ? Math.Tanh(reward) : reward;

    /// <summary>What the agent does without exploration in states of its model, parts (N, ·): (N·A),
    /// row-major.</summary>
    /// <param name="belief">The states; they are not changed, nor is anything remembered of them.</param>
    /// <param name="state">Source of the planner's numbers.</param>
    public float[] Act(LatentState belief, AgentState state) => Agent.ActOn(belief, state, ActMode.Evaluate);

    /// <summary>Frees the parameters.</summary>
    public void Dispose() => Agent.Dispose();
}
