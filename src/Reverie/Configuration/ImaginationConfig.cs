namespace Reverie.Configuration;

/// <summary>What is imagined, and how it is valued.</summary>
public sealed record ImaginationConfig
{
    /// <summary>Decisions imagined from each state, H.</summary>
    [Setting("decisions imagined from each state, H", Source = "D App. A", Min = 2, Max = 1000)]
    public int Horizon { get; init; } = 15;

    /// <summary>Rows of each chunk, its last ones, that dreamerv3 imagines from and learns its critic on; 0 takes
    /// all.</summary>
    [Setting("rows of each chunk, its last ones, that dreamerv3 imagines from and learns its critic on; 0 takes all",
        Source = "imag_last of V3's code, 0 there", Min = 0)]
    public int Last { get; init; }

    /// <summary>Discount γ per decision.</summary>
    [Setting("discount γ per decision", Source = "D App. A", Min = 0, Max = 1)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Value estimate: V_λ, V_N^k or the bare sum of rewards V_R.</summary>
    [Setting("value estimate: V_λ, V_N^k or the bare sum of rewards V_R",
        Source = "D eq. 4–6", OneOf = ["lambda", "n_step", "reward"])]
    public string Return { get; init; } = "lambda";

    /// <summary>Λ of V_λ.</summary>
    [Setting("λ of V_λ", Source = "D App. A", Min = 0, Max = 1)]
    public double Lambda { get; init; } = 0.95;

    /// <summary>K of V_N^k.</summary>
    [Setting("k of V_N^k", Source = "D eq. 5", Min = 1, Max = 1000)]
    public int NStep { get; init; } = 5;

    /// <summary>Updates of the model before behavior is learned in it.</summary>
    [Setting("updates of the model before behavior is learned in it", Source = "0 in D", Min = 0)]
    public int AfterUpdates { get; init; }

    /// <summary>Rows of a chunk that dreamerv3 imagines from: the last of them, or all.</summary>
    /// <param name="chunkLength">Rows that it has.</param>
    public long StartsOf(long chunkLength) => Last > 0 ? Last : chunkLength;
}
