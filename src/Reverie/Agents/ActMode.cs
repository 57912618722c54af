namespace Reverie.Agents;

/// <summary>What an agent acts for.</summary>
public enum ActMode
{
    /// <summary>Gathering experience, with exploration.</summary>
    Collect,

    /// <summary>Showing what it can, without.</summary>
    Evaluate,

    /// <summary>The same without any draw: latents and actions are the most probable ones, pictures have no noise. The
    /// same observations give the same actions, whatever the seed; only a planner still draws its candidates. Of a normal
    /// distribution squashed by tanh, whose mode has no formula, it is the median.</summary>
    Deterministic,
}
