using Reverie.Configuration;

namespace Reverie.Environments.Atari;

/// <summary>How games of Atari are measured, beside what all environments have: <c>environment.atari_sticky</c>,
/// <c>environment.atari_noops</c>, <c>environment.atari_life_loss</c>.</summary>
public sealed record AtariSettings
{
    /// <summary>Atari: probability that a frame repeats the choice of the frame before instead of the agent's.</summary>
    [Setting("Atari: probability that a frame repeats the choice of the frame before instead of the agent's",
        Source = "arXiv 1709.06009", Min = 0, Max = 1, IsLater = true)]
    public double AtariSticky { get; init; } = 0.25;

    /// <summary>Atari: the most frames without a choice before the first decision of an episode; from one to so many are
    /// drawn, 0 for none.</summary>
    [Setting("Atari: the most frames without a choice before the first decision of an episode; from one to so many are "
        + "drawn, 0 for none", Source = "arXiv 1709.06009 has none; DQN 30", Min = 0, Max = 1000, IsLater = true)]
    public int AtariNoops { get; init; }

    /// <summary>Atari: whether the loss of a life ends an episode; the next one is a new game.</summary>
    [Setting("Atari: whether the loss of a life ends an episode; the next one is a new game",
        Source = "arXiv 1709.06009 has not; DQN has in training", IsLater = true)]
    public bool AtariLifeLoss { get; init; }
}
