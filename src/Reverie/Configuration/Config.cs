namespace Reverie.Configuration;

/// <summary>Everything a run is made from. Immutable; derived numbers are properties.</summary>
public sealed record Config
{
    [Setting("algorithm of the agent")]
    public string Agent { get; init; } = "planet";
    [Setting("name of the task, as `reverie tasks` lists it")]
    public string Task { get; init; } = "cartpole_swingup";
    [Setting("seed of everything random in the run", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; } = 1;

    public EnvironmentConfig Environment { get; init; } = new();
    public ReplayConfig Replay { get; init; } = new();
    public ModelConfig Model { get; init; } = new();
    public LossConfig Loss { get; init; } = new();
    public OptimizerConfig Optimizer { get; init; } = new();
    public VaeConfig Vae { get; init; } = new();
    public MemoryConfig Memory { get; init; } = new();
    public ControllerConfig Controller { get; init; } = new();
    public ActorConfig Actor { get; init; } = new();
    public CriticConfig Critic { get; init; } = new();
    public ImaginationConfig Imagination { get; init; } = new();
    public ExplorationConfig Exploration { get; init; } = new();
    public PlannerConfig Planner { get; init; } = new();
    public TrainingConfig Training { get; init; } = new();
    public ComputeConfig Compute { get; init; } = new();

    /// <summary>Whether updates are made while episodes go on, rather than between them.</summary>
    internal bool LearnsInSteps => Training.TrainRatio > 0;
}
