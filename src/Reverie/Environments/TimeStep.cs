namespace Reverie.Environments;

/// <summary>
/// One row of an episode: the observation together with the reward of the action that led to it.
/// </summary>
/// <remarks>
/// The row after a reset has <see cref="IsFirst"/> set and reward 0. A time limit sets <see cref="IsLast"/> alone;
/// <see cref="IsTerminal"/> is set only where the environment truly ended, so that nothing follows to be valued.
/// </remarks>
public readonly record struct TimeStep
{
    private readonly int stepsBeyondOne;

    /// <summary>The picture, uint8 (H, W, C) rows from top to bottom; empty where the space has no picture.
    /// Belongs to the receiver: the environment does not write into it again.</summary>
    public byte[] Image { get; init; }

    /// <summary>The vector observation; empty where the space has none. Belongs to the receiver.</summary>
    public float[] Vector { get; init; }

    /// <summary>Pictures by name where the space is a <see cref="NamedSpace"/>, each as <see cref="Image"/> is, which is
    /// then not looked at; else null. Belongs to the receiver.</summary>
    public IReadOnlyDictionary<string, byte[]>? Pictures { get; init; }

    /// <summary>Vectors by name where the space is a <see cref="NamedSpace"/>, of a choice one-hot; <see cref="Vector"/> is
    /// then not looked at; else null. Belongs to the receiver.</summary>
    public IReadOnlyDictionary<string, float[]>? Vectors { get; init; }

    /// <summary>What may be chosen next, an entry for each of the action; at least one of each choice. Entries of continuous
    /// actions do not matter. Empty where no choice of the space <see cref="DiscreteSpace.IsMasked"/>. Belongs to the
    /// receiver.</summary>
    public bool[] ActionMask { get; init; }

    /// <summary>Reward collected while the action that led here was applied (the sum over action repeats).</summary>
    public double Reward { get; init; }

    /// <summary>Environment steps on the way here: 0 on the row of a reset, otherwise 1 unless a wrapper such as
    /// <see cref="ActionRepeat"/> took more.</summary>
    public int EnvSteps
    {
        get => IsFirst ? 0 : 1 + stepsBeyondOne;
        init => stepsBeyondOne = value - 1;
    }

    /// <summary>True on the row of a reset.</summary>
    public bool IsFirst { get; init; }

    /// <summary>True on the final row of the episode, whatever ended it.</summary>
    public bool IsLast { get; init; }

    /// <summary>True only where the environment truly terminated; a time limit is no terminal.</summary>
    public bool IsTerminal { get; init; }
}
