using System.Runtime.CompilerServices;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>Agents by name, as <c>agent</c> takes them. Thread-safe.</summary>
public static class AgentRegistry
{
    private const string Setting = "agent";

    internal static readonly PartRegistry<AgentKind> Parts = new(Setting,
        [PlaNet.Kind, Dreamer.Kind, DreamerV2.Kind, DreamerV3.Kind, WorldModels.Kind, A3c.Kind, D4pg.Kind, Curl.Kind,
            RandomAgent.Kind]);

    /// <summary>All there are, in the order of registration.</summary>
    public static IReadOnlyList<AgentKind> All => Parts.All;

    /// <summary>Makes an agent known, in place of one with the same name.</summary>
    public static void Register(AgentKind kind) => Parts.Register(kind);

    /// <summary>The agent of that name.</summary>
    /// <exception cref="ReverieException">There is none; the line names all.</exception>
    public static AgentKind Find(string name) => Parts.Find(name);

    /// <summary>The agent that a configuration names, with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions, planning and imagination.</param>
    /// <exception cref="ReverieException">There is no such agent, or it cannot learn from what the environment
    /// gives.</exception>
    public static IAgent Create(Config config, EpisodeLayout layout, Device device, DType precision) =>
        Find(config.Agent).Make(config, layout, device, precision);

#pragma warning disable CA2255      // names must be known before the first configuration is read, which is below this room
    [ModuleInitializer]
    internal static void Announce() => PartNames.Add(Setting, static () => Parts);
#pragma warning restore CA2255
}
