namespace Reverie.Configuration;

/// <summary>The value that is trained in imagination.</summary>
public sealed record CriticConfig
{
    [Setting("layers of the critic", Source = "D2", Min = 0, Max = 16)]
    public int Layers { get; init; } = 3;
    [Setting("units of each layer of the critic", Source = "D2", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;
    [Setting("learning rate of the critic", Source = "D App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 8e-5;
    [Setting("dreamerv2: updates after which the slow critic moves towards the critic", Source = "V2 App. D", Min = 1)]
    public int SlowEvery { get; init; } = 100;
    [Setting("dreamerv2: part of the way that it moves", Source = "V2c: all of it", Min = 0, Max = 1)]
    public double SlowFraction { get; init; } = 1;
}
