namespace Reverie.Torch.Optim;

/// <summary>Settings of <see cref="RmsProp"/>.</summary>
public sealed record RmsPropOptions
{
    /// <summary>Step size η.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>α, decay of the mean square.</summary>
    public double Decay { get; init; } = 0.99;

    /// <summary>ε, inside the root.</summary>
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Largest global norm of the gradient; 0 does not clip.</summary>
    public double ClipNorm { get; init; }
}
