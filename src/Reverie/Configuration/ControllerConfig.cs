namespace Reverie.Configuration;

/// <summary>world_models: C, the small policy, and the evolution strategy that finds it.</summary>
public sealed record ControllerConfig
{
    /// <summary>What C sees: z of V, and h and c of M's memory; z is V alone.</summary>
    [Setting("what C sees: z of V, and h and c of M's memory; z is V alone", Source = "W §2.3: zh; §4: zch; §3.3: z",
        OneOf = ["z", "zh", "zc", "zch"])]
    public string Features { get; init; } = "zh";

    /// <summary>Units of a tanh layer before the output; 0 is none.</summary>
    [Setting("units of a tanh layer before the output; 0 is none", Source = "W §3.3: 40 with features = z", Min = 0,
        Max = 4096)]
    public int Hidden { get; init; }

    /// <summary>Add constants to the output.</summary>
    [Setting("add constants to the output", Source = "W §3: yes, §4: no")]
    public bool Bias { get; init; } = true;

    /// <summary>Draw z from V's Gaussian, in place of its mean.</summary>
    [Setting("draw z from V's Gaussian, in place of its mean", Source = "Wc; CT has the mean")]
    public bool SampleLatent { get; init; } = true;

    /// <summary>Where C learns: in the environment, or in the dream of M.</summary>
    [Setting("where C learns: in the environment, or in the dream of M", Source = "W §3, §4",
        OneOf = ["environment", "dream"])]
    public string TrainIn { get; init; } = "environment";

    /// <summary>Temperature τ of the dream.</summary>
    [Setting("temperature τ of the dream", Source = "W table 2", Min = 1e-3, Max = 100)]
    public double Temperature { get; init; } = 1.15;

    /// <summary>Decisions after which a dream ends.</summary>
    [Setting("decisions after which a dream ends", Source = "Wc", Min = 1, Max = 1000000)]
    public int DreamSteps { get; init; } = 2100;

    /// <summary>Another run, whose V and M are taken as they are in place of learning them; its encodings are what
    /// dreams begin from; none: all is learned here.</summary>
    [Setting("another run, whose V and M are taken as they are in place of learning them; its encodings are what dreams "
        + "begin from; none: all is learned here", Source = "ours")]
    public string World { get; init; } = "none";

    /// <summary>The directory of that run, or null.</summary>
    internal string? OtherWorld => World == "none" ? null : World;

    /// <summary>Candidates of a generation, λ.</summary>
    [Setting("candidates of a generation, λ", Source = "Wc", Min = 4, Max = 65536)]
    public int Population { get; init; } = 64;

    /// <summary>Σ at the start.</summary>
    [Setting("σ at the start", Source = "Wc", Min = 1e-6, Max = 100)]
    public double StepSize { get; init; } = 0.1;

    /// <summary>Episodes whose mean return is a candidate's fitness.</summary>
    [Setting("episodes whose mean return is a candidate's fitness", Source = "Wc", Min = 1, Max = 4096)]
    public int Episodes { get; init; } = 16;

    /// <summary>Candidates that play the same episodes of a generation: none, the second half those of the first, or
    /// all.</summary>
    [Setting("candidates that play the same episodes of a generation: none, the second half those of the first, or all",
        Source = "Wc: half", OneOf = ["none", "half", "all"])]
    public string SameEpisodes { get; init; } = "half";

    /// <summary>Sets of episodes that so many candidates play in a generation.</summary>
    internal int DifferentEpisodes(int candidates) => SameEpisodes switch
    {
        "all" => 1,
        "half" when candidates % 2 == 0 => candidates / 2,
        _ => candidates,                                    // an odd number has no half to share with
    };

    /// <summary>Cost of the mean squared parameter; Wc has 0.01, but with a sign that rewards large ones.</summary>
    [Setting("cost of the mean squared parameter; Wc has 0.01, but with a sign that rewards large ones",
        Source = "ours: none, since the returns of tasks differ in scale", Min = 0)]
    public double WeightDecay { get; init; }

    /// <summary>Generations; in later rounds as many again; of a run of one round they may grow later.</summary>
    [Setting("generations; in later rounds as many again; of a run of one round they may grow later", Source = "W fig. 5", Min = 1, Max = 1000000)]
    public int Generations { get; init; } = 1800;

    /// <summary>Generations between evaluations of the mean; 0 is never.</summary>
    [Setting("generations between evaluations of the mean; 0 is never", Source = "Wc", Min = 0, MayChange = true)]
    public int EvaluateEvery { get; init; } = 25;

    /// <summary>Generations between checkpoints.</summary>
    [Setting("generations between checkpoints", Min = 1, MayChange = true)]
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>Rounds: each after the first collects with C, trains M and C on (the iterative procedure).</summary>
    [Setting("rounds: each after the first collects with C, trains M and C on (the iterative procedure)",
        Source = "W §5; one round in W §3, §4", Min = 1, Max = 1000)]
    public int Rounds { get; init; } = 1;

    /// <summary>Episodes that C collects in each round after the first.</summary>
    [Setting("episodes that C collects in each round after the first", Source = "ours", Min = 1, Max = 100000)]
    public int RoundEpisodes { get; init; } = 100;
}
