namespace Reverie.Configuration;

/// <summary>Adam.</summary>
public sealed record OptimizerConfig
{
    [Setting("learning rate", Source = "P App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-3;
    [Setting("ε of Adam", Source = "P App. A", Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 1e-4;
    [Setting("add ε before the bias correction, as TensorFlow does", Source = "TF1 AdamOptimizer")]
    public bool EpsilonHat { get; init; }
    [Setting("largest global norm of the gradient", Source = "P App. A", Min = 0)]
    public double ClipNorm { get; init; } = 1000;
    [Setting("part of every parameter taken away at each step, whatever the learning rate", Source = "P has none; V2: 1e-6",
        Min = 0, Max = 1)]
    public double WeightDecay { get; init; }
}
