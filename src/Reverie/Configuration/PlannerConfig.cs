namespace Reverie.Configuration;

/// <summary>The planner in latent space.</summary>
public sealed record PlannerConfig
{
    /// <summary>Cem, or random shooting (one iteration, best candidate).</summary>
    [Setting("cem, or random shooting (one iteration, best candidate)",
        Source = "P alg. 2, fig. 5")]
    public string Kind { get; init; } = "cem";

    /// <summary>Decisions looked ahead, H.</summary>
    [Setting("decisions looked ahead, H", Source = "P App. A", Min = 1, Max = 1000)]
    public int Horizon { get; init; } = 12;

    /// <summary>Refits of the action belief, I.</summary>
    [Setting("refits of the action belief, I", Source = "P App. A", Min = 1, Max = 1000)]
    public int Iterations { get; init; } = 10;

    /// <summary>Candidates per refit, J.</summary>
    [Setting("candidates per refit, J", Source = "P App. A", Min = 1, Max = 1000000)]
    public int Candidates { get; init; } = 1000;

    /// <summary>Best candidates the belief is refitted to, K.</summary>
    [Setting("best candidates the belief is refitted to, K", Source = "P App. A", Min = 1, Max = 1000000)]
    public int Elites { get; init; } = 100;

    /// <summary>Standard deviation of the noise on collected actions; where actions are discrete, the part of random
    /// ones.</summary>
    [Setting("standard deviation of the noise on collected actions; where actions are discrete, the part of random ones", Source = "P App. A", Min = 0, Max = 10)]
    public double ActionNoise { get; init; } = 0.3;

    /// <summary>What collects: the planner, or random actions while testing plans.</summary>
    [Setting("what collects: the planner, or random actions while testing plans",
        Source = "P fig. 5", OneOf = ["planner", "random"])]
    public string Collection { get; init; } = "planner";
}
