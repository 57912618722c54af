namespace Reverie.Configuration;

/// <summary>Random actions, and exploration of an agent that has an actor.</summary>
public sealed record ExplorationConfig
{
    /// <summary>Random actions: uniform, each anew; held, one for 1 to 10 decisions; brownian, a clipped walk with
    /// steps of deviation √(1/50); cauchy, world_models alone: C with such weights, before anything is
    /// learned.</summary>
    [Setting("random actions: uniform, each anew; held, one for 1 to 10 decisions; brownian, a clipped walk with steps "
        + "of deviation √(1/50); cauchy, world_models alone: C with such weights, before anything is learned",
        Source = "P; held: Wc for Doom; brownian: CT; cauchy: Wc", OneOf = ["uniform", "held", "brownian", "cauchy"])]
    public string Random { get; init; } = "uniform";

    /// <summary>Standard deviation of the noise on collected actions.</summary>
    [Setting("standard deviation of the noise on collected actions", Source = "D App. A", Min = 0, Max = 10)]
    public double ActionNoise { get; init; } = 0.3;

    /// <summary>D4pg: standard deviation of the first environment's noise; those of the others lie evenly between it and
    /// action_noise. 0 gives all of them action_noise.</summary>
    [Setting("d4pg: standard deviation of the first environment's noise; those of the others lie evenly between it and "
        + "action_noise. 0 gives all of them action_noise", Source = "D4PG: 1/32 of 1", Min = 0, Max = 10, IsLater = true)]
    public double LeastNoise { get; init; }

    /// <summary>Ε at the start: part of discrete actions drawn at random.</summary>
    [Setting("ε at the start: part of discrete actions drawn at random", Source = "D App. C", Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 0.4;

    /// <summary>Ε falls no lower.</summary>
    [Setting("ε falls no lower", Source = "D App. C", Min = 0, Max = 1)]
    public double EpsilonFloor { get; init; } = 0.1;

    /// <summary>Updates after which a falling ε would be 0.</summary>
    [Setting("updates after which a falling ε would be 0", Source = "D1", Min = 1)]
    public int EpsilonUpdates { get; init; } = 200_000;

    /// <summary>Ε of evaluations.</summary>
    [Setting("ε of evaluations", Source = "D1", Min = 0, Max = 1)]
    public double EvaluationEpsilon { get; init; } = 0.001;
}
