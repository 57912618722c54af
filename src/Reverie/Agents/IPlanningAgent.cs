using Reverie.Behaviors;

namespace Reverie.Agents;

/// <summary>An agent that plans its actions in its model, so that one can be shown what it weighs up.</summary>
public interface IPlanningAgent : IAgent
{
    /// <summary>What chooses the actions.</summary>
    IPlanner Planner { get; }
}
