using System.Runtime.CompilerServices;
using Reverie.Configuration;
using Reverie.Torch.Nn;

namespace Reverie.Models.Dynamics;

/// <summary>Latent dynamics by name, as <c>model.dynamics</c> takes them. Thread-safe.</summary>
public static class DynamicsRegistry
{
    private const string Setting = "model.dynamics";

    internal static readonly PartRegistry<DynamicsKind> Parts = new(Setting,
        [Rssm.Kind, DiscreteRssm.Kind, BlockRssm.Kind, Ssm.Kind, Rnn.Kind, Drnn.Kind]);

    /// <summary>All there are, in the order of registration.</summary>
    public static IReadOnlyList<DynamicsKind> All => Parts.All;

    /// <summary>Makes dynamics known, in place of those with the same name.</summary>
    public static void Register(DynamicsKind kind) => Parts.Register(kind);

    /// <summary>The dynamics of that name.</summary>
    /// <exception cref="ReverieException">There are none; the line names all.</exception>
    public static DynamicsKind Find(string name) => Parts.Find(name);

    /// <summary>The dynamics that a configuration names, with new parameters.</summary>
    /// <param name="config">Settings of the model.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="embedSize">E.</param>
    /// <param name="init">Makes the parameters.</param>
    /// <exception cref="ReverieException">There are none of that name.</exception>
    public static LatentDynamics Create(ModelConfig config, int actionSize, int embedSize, Initializer init) =>
        Find(config.Dynamics).Make(config, actionSize, embedSize, init);

#pragma warning disable CA2255      // names must be known before the first configuration is read, which is below this room
    [ModuleInitializer]
    internal static void Announce() => PartNames.Add(Setting, static () => Parts);
#pragma warning restore CA2255
}
