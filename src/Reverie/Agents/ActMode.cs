namespace Reverie.Agents;

/// <summary>What an agent acts for.</summary>
public enum ActMode
{
    /// <summary>Gathering experience, with exploration.</summary>
    Collect,

    /// <summary>Showing what it can, without.</summary>
    Evaluate,
}
