namespace Reverie.Configuration;

/// <summary>How parameters are stepped.</summary>
public sealed record OptimizerConfig
{
    /// <summary>Learning rate of the model.</summary>
    [Setting("learning rate of the model", Source = "P App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Ε of the optimizer.</summary>
    [Setting("ε of the optimizer", Source = "P App. A", Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>Adam: add ε before the bias correction, as TensorFlow does.</summary>
    [Setting("adam: add ε before the bias correction, as TensorFlow does", Source = "TF1 AdamOptimizer")]
    public bool EpsilonHat { get; init; }

    /// <summary>Adam, rmsprop: largest global norm of the gradient; 0 does not clip.</summary>
    [Setting("adam, rmsprop: largest global norm of the gradient; 0 does not clip", Source = "P App. A", Min = 0)]
    public double ClipNorm { get; init; } = 1000;

    /// <summary>Laprop: largest norm of a parameter's gradient as part of the parameter's own norm.</summary>
    [Setting("laprop: largest norm of a parameter's gradient as part of the parameter's own norm", Source = "V3", Min = 1e-6,
        Max = 1000)]
    public double AdaptiveClip { get; init; } = 0.3;

    /// <summary>Laprop: updates over which the learning rate grows from 0.</summary>
    [Setting("laprop: updates over which the learning rate grows from 0", Source = "V3 code", Min = 0, Max = 10000000)]
    public int WarmUp { get; init; } = 1000;

    /// <summary>Adam: part of every parameter taken away at each step, whatever the learning rate.</summary>
    [Setting("adam: part of every parameter taken away at each step, whatever the learning rate", Source = "P has none; V2: 1e-6",
        Min = 0, Max = 1)]
    public double WeightDecay { get; init; }

    /// <summary>Adam; laprop, which takes the momentum of gradients already scaled; or rmsprop, which has none.</summary>
    [Setting("adam; laprop, which takes the momentum of gradients already scaled; or rmsprop, which has none",
        Source = "P App. A; V3 has laprop, A3 rmsprop", OneOf = ["adam", "laprop", "rmsprop"])]
    public string Kind { get; init; } = "adam";

    /// <summary>Rmsprop: decay of the mean of squared gradients.</summary>
    [Setting("rmsprop: decay of the mean of squared gradients", Source = "A3, CS", Min = 0, Max = 1, IsLater = true)]
    public double Decay { get; init; } = 0.99;

    /// <summary>A3c: let the learning rate fall along a line to 0 at training.env_steps.</summary>
    [Setting("a3c: let the learning rate fall along a line to 0 at training.env_steps", Source = "A3, CS", IsLater = true)]
    public bool Anneal { get; init; }
}
