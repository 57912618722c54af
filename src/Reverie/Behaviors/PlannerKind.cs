using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>What is known of a planner before one is made.</summary>
public sealed record PlannerKind : Part
{
    /// <summary>Makes one, from its settings, the type that it imagines in, and whether an action is a choice.</summary>
    public required Func<PlannerConfig, DType, bool, IPlanner> Make { get; init; }
}
