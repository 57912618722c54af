namespace Reverie.Configuration;

/// <summary>The value that is trained in imagination.</summary>
public sealed record CriticConfig
{
    /// <summary>Layers of the critic.</summary>
    [Setting("layers of the critic", Source = "D2", Min = 0, Max = 16)]
    public int Layers { get; init; } = 3;

    /// <summary>Units of each layer of the critic.</summary>
    [Setting("units of each layer of the critic", Source = "D2", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;

    /// <summary>Learning rate of the critic.</summary>
    [Setting("learning rate of the critic", Source = "D App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 8e-5;

    /// <summary>Updates after which slow networks, dreamerv2's and dreamerv3's critic or the targets of d4pg and curl, move
    /// towards those that learn.</summary>
    [Setting("updates after which slow networks, dreamerv2's and dreamerv3's critic or the targets of d4pg and curl, move "
        + "towards those that learn", Source = "V2 App. D, D4PG; V3 has 1", Min = 1)]
    public int SlowEvery { get; init; } = 100;

    /// <summary>Part of the way that they move.</summary>
    [Setting("part of the way that they move", Source = "V2c, D4PG: all of it; V3: 0.02", Min = 0, Max = 1)]
    public double SlowFraction { get; init; } = 1;

    /// <summary>Dreamerv3: scale of the loss that keeps the critic near the slow one.</summary>
    [Setting("dreamerv3: scale of the loss that keeps the critic near the slow one", Source = "V3", Min = 0)]
    public double SlowScale { get; init; } = 1;

    /// <summary>Distribution of values: normal, or over 255 numbers of any size (symexp_twohot).</summary>
    [Setting("distribution of values: normal, or over 255 numbers of any size (symexp_twohot)", Source = "D; V3",
        OneOf = ["normal", "symexp_twohot"])]
    public string Distribution { get; init; } = "normal";

    /// <summary>D4pg, curl: units of each layer, the first one first; with none critic.layers of critic.units.</summary>
    [Setting("d4pg, curl: units of each layer, the first one first; with none critic.layers of critic.units",
        Source = "D4PG: 400, 300", IsLater = true)]
    public IReadOnlyList<double> Widths { get; init; } = [];

    /// <summary>Units of each layer that <see cref="Widths"/>, or <see cref="Layers"/> and <see cref="Units"/>, come to.</summary>
    public IReadOnlyList<int> Sizes => Widths.Count > 0 ? [.. Widths.Select(width => (int)width)]
        : [.. Enumerable.Repeat(Units, Layers)];

    /// <summary>D4pg, curl, a3c: what a reward one decision later counts, γ.</summary>
    [Setting("d4pg, curl, a3c: what a reward one decision later counts, γ", Source = "D4PG", Min = 0, Max = 1, IsLater = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>D4pg: values that the distribution of returns is over.</summary>
    [Setting("d4pg: values that the distribution of returns is over", Source = "CS: 101; AC: 51", Min = 2, Max = 10001,
        IsLater = true)]
    public int Atoms { get; init; } = 51;

    /// <summary>D4pg: the largest of them for each environment step of a decision, and minus that the smallest: ±v_max, where v_max
    /// is this times the action repeat.</summary>
    [Setting("d4pg: the largest of them for each environment step of a decision, and minus that the smallest: ±v_max, where "
        + "v_max is this times the action repeat", Source = "CS, AC: 150, where decisions are steps", Min = 1e-3, Max = 1e6,
        IsLater = true)]
    public double Support { get; init; } = 150;

    /// <summary>The last layer starts at that part of its usual size.</summary>
    [Setting("the last layer starts at that part of its usual size", Source = "V3 has 0", Min = 0, Max = 1)]
    public double Scale { get; init; } = 1;
}
