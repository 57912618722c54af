namespace Reverie.Configuration;

/// <summary>Everything a run is made from. Immutable; derived numbers are properties.</summary>
public sealed record Config
{
    /// <summary>Algorithm of the agent.</summary>
    [Setting("algorithm of the agent")]
    public string Agent { get; init; } = "planet";

    /// <summary>Name of the task, as `reverie tasks` lists it; several for one agent with commas between them.</summary>
    [Setting("name of the task, as `reverie tasks` lists it; several for one agent with commas between them")]
    public string Task { get; init; } = "cartpole_swingup";

    /// <summary>The tasks that <see cref="Task"/> names.</summary>
    public IReadOnlyList<string> Tasks => TaskNames.Of(Task);

    /// <summary>Seed of everything random in the run.</summary>
    [Setting("seed of everything random in the run", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>How the task is played: <c>environment.*</c>.</summary>
    public EnvironmentConfig Environment { get; init; } = new();

    /// <summary>What is kept and drawn of the episodes: <c>replay.*</c>.</summary>
    public ReplayConfig Replay { get; init; } = new();

    /// <summary>The latent model: <c>model.*</c>.</summary>
    public ModelConfig Model { get; init; } = new();

    /// <summary>What the model learns by: <c>loss.*</c>.</summary>
    public LossConfig Loss { get; init; } = new();

    /// <summary>How the model learns: <c>optimizer.*</c>.</summary>
    public OptimizerConfig Optimizer { get; init; } = new();

    /// <summary>world_models: V: <c>vae.*</c>.</summary>
    public VaeConfig Vae { get; init; } = new();

    /// <summary>world_models: M: <c>memory.*</c>.</summary>
    public MemoryConfig Memory { get; init; } = new();

    /// <summary>world_models: C: <c>controller.*</c>.</summary>
    public ControllerConfig Controller { get; init; } = new();

    /// <summary>Who acts: <c>actor.*</c>.</summary>
    public ActorConfig Actor { get; init; } = new();

    /// <summary>Who judges: <c>critic.*</c>.</summary>
    public CriticConfig Critic { get; init; } = new();

    /// <summary>What is dreamt to learn from: <c>imagination.*</c>.</summary>
    public ImaginationConfig Imagination { get; init; } = new();

    /// <summary>How actions are made to differ: <c>exploration.*</c>.</summary>
    public ExplorationConfig Exploration { get; init; } = new();

    /// <summary>planet: the search: <c>planner.*</c>.</summary>
    public PlannerConfig Planner { get; init; } = new();

    /// <summary>How long and in what order: <c>training.*</c>.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>What is taken over from another run: <c>transfer.*</c>.</summary>
    public TransferConfig Transfer { get; init; } = new();

    /// <summary>Where and in what type: <c>compute.*</c>.</summary>
    public ComputeConfig Compute { get; init; } = new();

    /// <summary>Whether updates are made while episodes go on, rather than between them.</summary>
    internal bool LearnsInSteps => Training.TrainRatio > 0;
}
