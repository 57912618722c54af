namespace Reverie.Torch.Optim;

/// <summary>Settings of <see cref="Adam"/>.</summary>
public sealed record AdamOptions
{
    /// <summary>Step size η.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, which keeps the division finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Adds ε before the bias correction, as TensorFlow does; PyTorch adds it after.</summary>
    public bool EpsilonHat { get; init; }

    /// <summary>Largest global norm of the gradient; 0 does not clip.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Every entry of the gradient is cut to this, before the norm is taken; 0 does not clip.</summary>
    public double ClipValue { get; init; }

    /// <summary>Part of every parameter taken away at each step, whatever the learning rate: θ ← (1 − d)·θ before the
    /// update (DreamerV2's form).</summary>
    public double WeightDecay { get; init; }
}
