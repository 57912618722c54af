using System.Runtime.CompilerServices;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Planners by name, as <c>planner.kind</c> takes them. Thread-safe.</summary>
public static class PlannerRegistry
{
    private const string Setting = "planner.kind";

    internal static readonly PartRegistry<PlannerKind> Parts = new(Setting,
    [
        new() { Name = "cem", Make = (config, precision, groups) => new CemPlanner(config, precision, groups) },
        new() { Name = "shooting", Make = (config, precision, groups) => new CemPlanner(config, precision, groups) },
    ]);

    /// <summary>All there are, in the order of registration.</summary>
    public static IReadOnlyList<PlannerKind> All => Parts.All;

    /// <summary>Makes a planner known, in place of one with the same name.</summary>
    public static void Register(PlannerKind kind) => Parts.Register(kind);

    /// <summary>The planner that a configuration names.</summary>
    /// <param name="config">Its settings.</param>
    /// <param name="precision">Type that it imagines in.</param>
    /// <param name="groups">What an action is made of.</param>
    /// <exception cref="ReverieException">There is none of that name.</exception>
    public static IPlanner Create(PlannerConfig config, DType precision, ActionGroups groups) =>
        Parts.Find(config.Kind).Make(config, precision, groups);

#pragma warning disable CA2255      // names must be known before the first configuration is read, which is below this room
    [ModuleInitializer]
    internal static void Announce() => PartNames.Add(Setting, static () => Parts);
#pragma warning restore CA2255
}
