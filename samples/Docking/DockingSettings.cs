using Reverie.Configuration;

namespace Docking;

/// <summary>A setting of its own: every public record of the library with such properties is known by its keys.</summary>
public sealed record DockingSettings
{
    /// <summary>Half the side of the craft in pictures.</summary>
    [Setting("docking: half the side of the craft in pictures, in pixels", Min = 1, Max = 20)]
    public int DockingCraftSide { get; init; } = 5;

    /// <summary>What all rewards are multiplied by.</summary>
    [Setting("docking: what all rewards are multiplied by", Min = 1e-6, Max = 1e6)]
    public double DockingWorth { get; init; } = 1;
}
