namespace Reverie.Configuration;

/// <summary>Everything a run is made from. Immutable; derived numbers are properties.</summary>
public sealed record Config
{
    [Setting("algorithm of the agent", OneOf = ["planet", "random"])]
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
    public PlannerConfig Planner { get; init; } = new();
    public TrainingConfig Training { get; init; } = new();
    public ComputeConfig Compute { get; init; } = new();
}

/// <summary>The environment and its wrappers.</summary>
public sealed record EnvironmentConfig
{
    [Setting("environment steps per decision; 0 takes the task's own", Source = "P App. A, table of repeats", Min = 0, Max = 100)]
    public int ActionRepeat { get; init; }
    [Setting("decisions after which an episode ends; 0 takes the task's own", Min = 0)]
    public int TimeLimit { get; init; }
    [Setting("picture quality: suite (as published) or fast", OneOf = ["suite", "fast"])]
    public string Quality { get; init; } = "suite";
    [Setting("environments that act at once while collecting", Min = 1, Max = 256)]
    public int Count { get; init; } = 1;
}

/// <summary>The replay and the batches drawn from it.</summary>
public sealed record ReplayConfig
{
    [Setting("chunks in a batch, B", Source = "P App. A", Min = 1, Max = 4096)]
    public int BatchSize { get; init; } = 50;
    [Setting("rows in a chunk, L", Source = "P App. A", Min = 2, Max = 1000)]
    public int ChunkLength { get; init; } = 50;
    [Setting("memory for episodes in GB; what is beyond it is read from disk", Min = 0, Max = 4096)]
    public double MemoryGb { get; init; } = 4;
    [Setting("oversample the last window of an episode", Source = "V2 dataset")]
    public bool PrioritizeEnds { get; init; }
}

/// <summary>The latent dynamics model.</summary>
public sealed record ModelConfig
{
    [Setting("latent dynamics", Source = "P fig. 2", OneOf = ["rssm", "ssm", "rnn", "drnn"])]
    public string Dynamics { get; init; } = "rssm";
    [Setting("size of the stochastic state s", Source = "P App. A", Min = 1, Max = 4096)]
    public int Stoch { get; init; } = 30;
    [Setting("size of the deterministic state h", Source = "P App. A", Min = 1, Max = 8192)]
    public int Deter { get; init; } = 200;
    [Setting("units of the hidden layers inside the dynamics", Source = "P App. A", Min = 1, Max = 8192)]
    public int Hidden { get; init; } = 200;
    [Setting("activation inside the dynamics", Source = "Pc configs", OneOf = ["relu", "elu"])]
    public string Activation { get; init; } = "relu";
    [Setting("smallest standard deviation of the latents", Source = "Pc", Min = 0, Max = 10)]
    public double MinStd { get; init; } = 0.1;
    [Setting("gru cell: reset applied before (planet) or after (torch) the recurrent product", Source = "TF GRUBlockCell", OneOf = ["planet", "torch"])]
    public string Gru { get; init; } = "planet";
    [Setting("channels of the first convolution; the others follow as 2, 4 and 8 times", Source = "W, P App. A", Min = 1, Max = 512)]
    public int CnnDepth { get; init; } = 32;
    [Setting("layers of the reward head", Source = "Pc", Min = 0, Max = 16)]
    public int RewardLayers { get; init; } = 3;
    [Setting("units of each layer of the reward head", Source = "Pc", Min = 1, Max = 8192)]
    public int RewardUnits { get; init; } = 300;
    [Setting("bits a colour channel is quantised to", Source = "P App. A", Min = 1, Max = 8)]
    public int ImageBits { get; init; } = 5;
    [Setting("rnn variant: reproduce the published mean-only model", Source = "Pc README")]
    public bool FaithfulMeanOnly { get; init; }
}

/// <summary>Weights of the named losses.</summary>
public sealed record LossConfig
{
    [Setting("scale of the image loss, ½(x−μ)² summed over the picture", Source = "P eq. 3", Min = 0)]
    public double Image { get; init; } = 1;
    [Setting("scale of the reward loss", Source = "Pc", Min = 0)]
    public double Reward { get; init; } = 10;
    [Setting("scale of the KL of posterior and prior", Source = "P App. A", Min = 0)]
    public double Kl { get; init; } = 1;
    [Setting("nats of KL per row that cost nothing", Source = "P App. A", Min = 0)]
    public double FreeNats { get; init; } = 3;
    [Setting("scale of the KL of posterior and N(0, I)", Source = "Pc0 (0.1), off since", Min = 0)]
    public double GlobalPrior { get; init; }
    public OvershootingConfig Overshooting { get; init; } = new();
}

/// <summary>Latent overshooting (P §4).</summary>
public sealed record OvershootingConfig
{
    [Setting("largest distance D; 1 is the ELBO alone", Source = "P §4; off by default, P App. D", Min = 1, Max = 1000)]
    public int Distance { get; init; } = 1;
    [Setting("train on the distance D only (fixed overshooting)", Source = "P eq. 6")]
    public bool Fixed { get; init; }
    [Setting("weight β of every distance beyond 1", Source = "P §4: all equal", Min = 0)]
    public double Beta { get; init; } = 1;
    [Setting("weights β_1 … β_D, one per distance, in place of beta", Source = "P eq. 7")]
    public IReadOnlyList<double> Betas { get; init; } = [];
    [Setting("scale of the reward loss on multi-step priors", Source = "K", Min = 0)]
    public double Reward { get; init; }
}

/// <summary>Adam.</summary>
public sealed record OptimizerConfig
{
    [Setting("learning rate", Source = "P App. A", Min = 0, Max = 1)]
    public double LearningRate { get; init; } = 1e-3;
    [Setting("ε of Adam", Source = "P App. A", Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 1e-4;
    [Setting("add ε before the bias correction, as TensorFlow does", Source = "TF1 AdamOptimizer")]
    public bool EpsilonHat { get; init; }
    [Setting("largest global norm of the gradient", Source = "P App. A", Min = 0)]
    public double ClipNorm { get; init; } = 1000;
}

/// <summary>The planner in latent space.</summary>
public sealed record PlannerConfig
{
    [Setting("cem, or random shooting (one iteration, best candidate)", Source = "P alg. 2, fig. 5", OneOf = ["cem", "shooting"])]
    public string Kind { get; init; } = "cem";
    [Setting("decisions looked ahead, H", Source = "P App. A", Min = 1, Max = 1000)]
    public int Horizon { get; init; } = 12;
    [Setting("refits of the action belief, I", Source = "P App. A", Min = 1, Max = 1000)]
    public int Iterations { get; init; } = 10;
    [Setting("candidates per refit, J", Source = "P App. A", Min = 1, Max = 1000000)]
    public int Candidates { get; init; } = 1000;
    [Setting("best candidates the belief is refitted to, K", Source = "P App. A", Min = 1, Max = 1000000)]
    public int Elites { get; init; } = 100;
    [Setting("standard deviation of the noise on collected actions", Source = "P App. A", Min = 0, Max = 10)]
    public double ActionNoise { get; init; } = 0.3;
    [Setting("what collects: the planner, or random actions while testing plans", Source = "P fig. 5", OneOf = ["planner", "random"])]
    public string Collection { get; init; } = "planner";
}

/// <summary>The collect–train loop.</summary>
public sealed record TrainingConfig
{
    [Setting("episodes of random actions at the start, S", Source = "P App. A", Min = 1, Max = 100000)]
    public int SeedEpisodes { get; init; } = 5;
    [Setting("updates per collected episode, C", Source = "P App. A", Min = 1, Max = 1000000)]
    public int UpdatesPerEpisode { get; init; } = 100;
    [Setting("environment steps after which the run ends, seed episodes included", Source = "P: 1000 episodes", Min = 1)]
    public long EnvSteps { get; init; } = 1_000_000;
    [Setting("updates between evaluations; 0 is never", Source = "Pc: every 1000 updates", Min = 0)]
    public int EvaluateEvery { get; init; } = 1000;
    [Setting("episodes of one evaluation", Source = "Pc: 1", Min = 1, Max = 10000)]
    public int EvaluationEpisodes { get; init; } = 1;
    [Setting("updates between checkpoints", Min = 1)]
    public int CheckpointEvery { get; init; } = 500;
    [Setting("checkpoints kept; older ones are removed", Min = 1, Max = 1000000)]
    public int KeepCheckpoints { get; init; } = 2;
    [Setting("updates between lines of metrics", Min = 1)]
    public int LogEvery { get; init; } = 20;
}

/// <summary>Where and how numbers are computed.</summary>
public sealed record ComputeConfig
{
    [Setting("cpu, cuda, cuda:N, or auto", Source = "ours")]
    public string Device { get; init; } = "auto";
    [Setting("fp32, bf16, or auto (bf16 where the processor is faster at it)", OneOf = ["auto", "fp32", "bf16"])]
    public string Precision { get; init; } = "auto";
    [Setting("threads of tensor operators; 0 takes all cores", Min = 0, Max = 1024)]
    public int Threads { get; init; }
}
