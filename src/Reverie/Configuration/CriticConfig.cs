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

    /// <summary>Dreamerv2, dreamerv3: updates after which the slow critic moves towards the critic.</summary>
    [Setting("dreamerv2, dreamerv3: updates after which the slow critic moves towards the critic", Source = "V2 App. D; V3 has 1", Min = 1)]
    public int SlowEvery { get; init; } = 100;

    /// <summary>Dreamerv2, dreamerv3: part of the way that it moves.</summary>
    [Setting("dreamerv2, dreamerv3: part of the way that it moves", Source = "V2c: all of it; V3: 0.02", Min = 0, Max = 1)]
    public double SlowFraction { get; init; } = 1;

    /// <summary>Dreamerv3: scale of the loss that keeps the critic near the slow one.</summary>
    [Setting("dreamerv3: scale of the loss that keeps the critic near the slow one", Source = "V3", Min = 0)]
    public double SlowScale { get; init; } = 1;

    /// <summary>Distribution of values: normal, or over 255 numbers of any size (symexp_twohot).</summary>
    [Setting("distribution of values: normal, or over 255 numbers of any size (symexp_twohot)", Source = "D; V3",
        OneOf = ["normal", "symexp_twohot"])]
    public string Distribution { get; init; } = "normal";

    /// <summary>The last layer starts at that part of its usual size.</summary>
    [Setting("the last layer starts at that part of its usual size", Source = "V3 has 0", Min = 0, Max = 1)]
    public double Scale { get; init; } = 1;
}
