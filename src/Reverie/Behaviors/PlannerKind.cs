using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>What is known of a planner before one is made.</summary>
public sealed record PlannerKind : Part
{
    /// <summary>Makes one, from its settings, the type that it imagines in, and what an action is made of.</summary>
    public required Func<PlannerConfig, DType, ActionGroups, IPlanner> Make { get; init; }
}
