namespace Reverie.Configuration;

/// <summary>Random actions, and exploration of an agent that has an actor.</summary>
public sealed record ExplorationConfig
{
    [Setting("random actions: uniform, each anew; held, one for 1 to 10 decisions; brownian, a clipped walk with steps "
        + "of deviation √(1/50); cauchy, world_models alone: C with such weights, before anything is learned",
        Source = "P; held: Wc for Doom; brownian: CT; cauchy: Wc", OneOf = ["uniform", "held", "brownian", "cauchy"])]
    public string Random { get; init; } = "uniform";
    [Setting("standard deviation of the noise on collected actions", Source = "D App. A", Min = 0, Max = 10)]
    public double ActionNoise { get; init; } = 0.3;
    [Setting("ε at the start: part of discrete actions drawn at random", Source = "D App. C", Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 0.4;
    [Setting("ε falls no lower", Source = "D App. C", Min = 0, Max = 1)]
    public double EpsilonFloor { get; init; } = 0.1;
    [Setting("updates after which a falling ε would be 0", Source = "D1", Min = 1)]
    public int EpsilonUpdates { get; init; } = 200_000;
    [Setting("ε of evaluations", Source = "D1", Min = 0, Max = 1)]
    public double EvaluationEpsilon { get; init; } = 0.001;
}
