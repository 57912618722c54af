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
}
