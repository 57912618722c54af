namespace Reverie.Configuration;

/// <summary>The contrastive representation objectives (D §4).</summary>
public sealed record ContrastiveConfig
{
    [Setting("scale of the contrastive loss", Source = "D eq. 11", Min = 0)]
    public double Scale { get; init; } = 1;
    [Setting("what a pair is told from: other observations for its state, or other states for its observation",
        Source = "D eq. 11; D1 has states", OneOf = ["observations", "states"])]
    public string Negatives { get; init; } = "observations";
    [Setting("take the others from rows up to 15 decisions and 5 chunks away, in place of all",
        Source = "D1; D sums over the batch")]
    public bool WindowRolls { get; init; }
    [Setting("layers of the head that gives a density over features", Source = "D1", Min = 0, Max = 16)]
    public int Layers { get; init; } = 3;
    [Setting("units of each of its layers", Source = "D1", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;
}
