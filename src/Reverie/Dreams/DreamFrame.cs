namespace Reverie.Dreams;

/// <summary>Where a dream is after a decision.</summary>
public sealed record DreamFrame
{
    /// <summary>Decisions since the reset.</summary>
    public required int Decision { get; init; }

    /// <summary>Whether the model saw the real row; otherwise it imagined it.</summary>
    public required bool IsSeen { get; init; }

    /// <summary>What led here; empty after a reset.</summary>
    public required float[] Action { get; init; }

    /// <summary>What the model draws, uint8 (H, W, C).</summary>
    public required byte[] Picture { get; init; }

    /// <summary>Standard deviation of each pixel over the samples, mean square over its channels: uint8 (H,
    /// W).</summary>
    public required byte[] Spread { get; init; }

    /// <summary>Root mean square of that deviation, in levels of 255.</summary>
    public required double PictureSpread { get; init; }

    /// <summary>What the model expects as reward on the way here; 0 after a reset.</summary>
    public required double Reward { get; init; }

    /// <summary>The least and the most that the samples expect.</summary>
    public required (double Least, double Most) RewardRange { get; init; }

    /// <summary>Sum of the rewards expected since the reset.</summary>
    public required double Return { get; init; }

    /// <summary>Probability that the episode goes on; null where the model knows no end.</summary>
    public required double? Continue { get; init; }

    /// <summary>How unsure the latents were before they were drawn, under the name that logs have for it: the mean
    /// <c>std</c> of Gaussians and mixtures, the <c>entropy</c> of all categorical variables in nats; at temperature 1.
    /// Null where the model draws nothing.</summary>
    public required (string Name, double Value)? LatentSpread { get; init; }

    /// <summary>The environment under the same actions; null where it is not asked for, or its episode is
    /// over.</summary>
    public required RealFrame? Real { get; init; }

    /// <summary>The decision that ended the environment's episode; null while it goes on, or nobody looks.</summary>
    public required int? RealEnd { get; init; }

    /// <summary>Whether the model believes that the episode ended: going on is less probable than ½.</summary>
    public bool IsOver => Continue < 0.5;
}
