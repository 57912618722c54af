namespace Reverie.Configuration;

/// <summary>The policy that is trained in imagination.</summary>
public sealed record ActorConfig
{
    [Setting("layers of the actor", Source = "D2", Min = 0, Max = 16)]
    public int Layers { get; init; } = 4;
    [Setting("units of each layer of the actor", Source = "D2", Min = 1, Max = 8192)]
    public int Units { get; init; } = 400;
    [Setting("learning rate of the actor", Source = "D App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 8e-5;
    [Setting("standard deviation before tanh that an untrained actor has", Source = "D App. A", Min = 1e-3, Max = 100)]
    public double InitialStd { get; init; } = 5;
    [Setting("smallest standard deviation before tanh", Source = "D2", Min = 0, Max = 10)]
    public double MinStd { get; init; } = 1e-4;
    [Setting("the mean before tanh stays within this of 0", Source = "D App. A", Min = 1e-3, Max = 1000)]
    public double MeanScale { get; init; } = 5;
}
