using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>Makes the agent that a configuration names.</summary>
public static class AgentFactory
{
    /// <summary>The agent, with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions, planning and imagination.</param>
    /// <exception cref="ReverieException">The agent cannot learn from what the environment gives.</exception>
    public static IAgent Create(Config config, EpisodeLayout layout, Device device, DType precision) =>
        config.Agent switch
    {
        "random" => new RandomAgent(layout, config.Exploration.Random),
        "planet" => new PlaNet(config, layout, device, precision),
        "dreamer" => new Dreamer(config, layout, device, precision),
        "dreamerv2" => new DreamerV2(config, layout, device, precision),
        "dreamerv3" => new DreamerV3(config, layout, device, precision),
        "world_models" => new WorldModels(config, layout, device, precision),
        var other => throw new ReverieException(
            $"agent: '{other}' is unknown; use planet, dreamer, dreamerv2, dreamerv3, world_models or random"),
    };
}
