namespace Reverie.Configuration;

/// <summary>The contrastive representation objectives (D §4).</summary>
public sealed record ContrastiveConfig
{
    /// <summary>Scale of the contrastive loss.</summary>
    [Setting("scale of the contrastive loss", Source = "D eq. 11", Min = 0)]
    public double Scale { get; init; } = 1;

    /// <summary>What a pair is told from: other observations for its state, or other states for its
    /// observation.</summary>
    [Setting("what a pair is told from: other observations for its state, or other states for its observation",
        Source = "D eq. 11; D1 has states", OneOf = ["observations", "states"])]
    public string Negatives { get; init; } = "observations";

    /// <summary>Take the others from rows up to 15 decisions and 5 chunks away, in place of all.</summary>
    [Setting("take the others from rows up to 15 decisions and 5 chunks away, in place of all",
        Source = "D1; D sums over the batch")]
    public bool WindowRolls { get; init; }

    /// <summary>Layers of the head that gives a density over features.</summary>
    [Setting("layers of the head that gives a density over features", Source = "D1", Min = 0, Max = 16)]
    public int Layers { get; init; } = 3;

    /// <summary>Units of each of its layers.</summary>
    [Setting("units of each of its layers", Source = "D1", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;
}
