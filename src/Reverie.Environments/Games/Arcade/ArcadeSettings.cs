using Reverie.Configuration;

namespace Reverie.Environments.Games.Arcade;

/// <summary>Settings of the arcade games: <c>environment.arcade_sticky</c>, <c>environment.arcade_ramping</c>.</summary>
public sealed record ArcadeSettings
{
    /// <summary>Arcade games: probability that a step repeats the move of the step before instead of the agent's.</summary>
    [Setting("arcade games: probability that a step repeats the move of the step before instead of the agent's",
        Source = "MinAtar §3", Min = 0, Max = 1, IsLater = true)]
    public double ArcadeSticky { get; init; } = 0.1;

    /// <summary>Arcade games: whether they become faster as an episode goes on.</summary>
    [Setting("arcade games: whether they become faster as an episode goes on", Source = "MinAtar §3", IsLater = true)]
    public bool ArcadeRamping { get; init; } = true;
}
