using System.Runtime.CompilerServices;
using Reverie.Configuration;
using Reverie.Torch.Nn;

namespace Reverie.Models.Representations;

/// <summary>Representations by name, as <c>loss.representation</c> takes them. Thread-safe.</summary>
public static class RepresentationRegistry
{
    private const string Setting = "loss.representation";

    internal static readonly PartRegistry<RepresentationKind> Parts = new(Setting,
    [
        new() { Name = "reconstruction", Make = (_, _, _) => new Reconstruction() },
        new() { Name = "contrastive", Make = (loss, model, init) => new Contrastive(loss.Contrastive, model, init) },
        new() { Name = "infonce", Make = (_, model, init) => new InfoNce(model, init) },
        new() { Name = "reward_only", Make = (_, _, _) => new RewardOnly() },
    ]);

    /// <summary>All there are, in the order of registration.</summary>
    public static IReadOnlyList<RepresentationKind> All => Parts.All;

    /// <summary>Makes a representation known, in place of one with the same name.</summary>
    public static void Register(RepresentationKind kind) => Parts.Register(kind);

    /// <summary>The representation that a configuration names, with new parameters.</summary>
    /// <param name="config">Weights of the losses.</param>
    /// <param name="model">Whose latents it shapes.</param>
    /// <param name="init">Makes the parameters.</param>
    /// <exception cref="ReverieException">There is none of that name.</exception>
    public static Representation Create(LossConfig config, WorldModel model, Initializer init) =>
        Parts.Find(config.Representation).Make(config, model, init);

#pragma warning disable CA2255      // names must be known before the first configuration is read, which is below this room
    [ModuleInitializer]
    internal static void Announce() => PartNames.Add(Setting, static () => Parts);
#pragma warning restore CA2255
}
