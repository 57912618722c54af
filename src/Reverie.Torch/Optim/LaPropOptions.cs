namespace Reverie.Torch.Optim;

/// <summary>Settings of <see cref="LaProp"/>; as they are, those of DreamerV3.</summary>
public sealed record LaPropOptions
{
    /// <summary>Step size η after the warm-up.</summary>
    public double LearningRate { get; init; } = 4e-5;

    /// <summary>Decay of the mean of normalised gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squares.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, which keeps the division finite. Trap: gradients of layers that start at 0 are clipped to a norm of
    /// 3e-4; with an ε of 1e-8 their small entries would hardly move.</summary>
    public double Epsilon { get; init; } = 1e-20;

    /// <summary>Largest norm of a gradient as part of its parameter's norm; 0 does not clip.</summary>
    public double AgcClip { get; init; } = 0.3;

    /// <summary>What a parameter's norm counts as at least.</summary>
    public double AgcMinimum { get; init; } = 1e-3;

    /// <summary>Updates over which the step size grows linearly from 0, which it is at the first; 0 starts with η.
    /// </summary>
    public long WarmUp { get; init; } = 1000;
}
