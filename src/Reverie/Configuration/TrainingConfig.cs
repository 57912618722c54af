namespace Reverie.Configuration;

/// <summary>The collect–train loop.</summary>
public sealed record TrainingConfig
{
    /// <summary>Episodes of random actions at the start, S, of each task.</summary>
    [Setting("episodes of random actions at the start, S, of each task", Source = "P App. A", Min = 1, Max = 100000)]
    public int SeedEpisodes { get; init; } = 5;

    /// <summary>Updates per collected episode, C.</summary>
    [Setting("updates per collected episode, C", Source = "P App. A", Min = 1, Max = 1000000)]
    public int UpdatesPerEpisode { get; init; } = 100;

    /// <summary>Updates before the first episode that the agent collects; 0 takes updates_per_episode.</summary>
    [Setting("updates before the first episode that the agent collects; 0 takes updates_per_episode",
        Source = "P alg. 1: as many as later", Min = 0, Max = 10000000)]
    public int PretrainUpdates { get; init; }

    /// <summary>Rows learned from (B·L an update) for each row that is collected, resets included: updates while
    /// episodes go on, with dreamerv3, d4pg and curl; 0 is the loop of whole episodes, with all others.</summary>
    [Setting("rows learned from (B·L an update) for each row that is collected, resets included: updates while episodes go "
        + "on, with dreamerv3, d4pg and curl; 0 is the loop of whole episodes, with all others",
        Source = "V3: 512 for the published scores", Min = 0, Max = 1e6)]
    public double TrainRatio { get; init; }

    /// <summary>What train_ratio counts rows learned from for: each row collected, or each environment step, so that a task
    /// of larger action repeats is not learned from less.</summary>
    [Setting("what train_ratio counts rows learned from for: each row collected, or each environment step, so that a task "
        + "of larger action repeats is not learned from less", Source = "V3 counts rows", OneOf = ["rows", "env_steps"],
        IsLater = true)]
    public string TrainRatioOf { get; init; } = "rows";

    /// <summary>Rows learned from for each row that is collected, whichever <see cref="TrainRatio"/> counts.</summary>
    /// <param name="repeat">Environment steps of a row.</param>
    public double RowsLearnedPerRow(int repeat) => TrainRatio * (TrainRatioOf == "env_steps" ? repeat : 1);

    /// <summary>Training.train_ratio &gt; 0, d4pg and curl: decisions drawn at random at the start, before anything is
    /// learned.</summary>
    [Setting("training.train_ratio > 0, d4pg and curl: decisions drawn at random at the start, before anything is learned",
        Source = "CU: 1000; D4PG has none", Min = 0, Max = 1_000_000_000, IsLater = true)]
    public int RandomDecisions { get; init; }

    /// <summary>A3c: decisions in each environment that an update learns from, t_max.</summary>
    [Setting("a3c: decisions in each environment that an update learns from, t_max", Source = "A3 has 5 for Atari",
        Min = 1, Max = 1000, IsLater = true)]
    public int Rollout { get; init; } = 5;

    /// <summary>Environment steps after which the run ends, seed episodes included, of all tasks together.</summary>
    [Setting("environment steps after which the run ends, seed episodes included, of all tasks together",
        Source = "P: 1000 episodes", Min = 1, MayChange = true)]
    public long EnvSteps { get; init; } = 1_000_000;

    /// <summary>Updates between evaluations; 0 is never.</summary>
    [Setting("updates between evaluations; 0 is never", Source = "Pc: every 1000 updates", Min = 0, MayChange = true)]
    public int EvaluateEvery { get; init; } = 1000;

    /// <summary>Episodes of one evaluation, of each task.</summary>
    [Setting("episodes of one evaluation, of each task", Source = "Pc: 1", Min = 1, Max = 10000, MayChange = true)]
    public int EvaluationEpisodes { get; init; } = 1;

    /// <summary>Episodes of a test, which is played without exploration at each of test_at and at the end of the run;
    /// 0 is none.</summary>
    [Setting("episodes of a test, which is played without exploration at each of test_at and at the end of the run; 0 is none",
        Min = 0, Max = 10000, MayChange = true)]
    public int TestEpisodes { get; init; }

    /// <summary>Environment steps at which the agent is tested beside the end, before it plays on; whole episodes are
    /// ended.</summary>
    [Setting("environment steps at which the agent is tested beside the end, before it plays on; whole episodes are ended",
        MayChange = true)]
    public IReadOnlyList<double> TestAt { get; init; } = [];

    /// <summary>Updates between checkpoints.</summary>
    [Setting("updates between checkpoints", Min = 1, MayChange = true)]
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Checkpoints kept; older ones are removed.</summary>
    [Setting("checkpoints kept; older ones are removed", Min = 1, Max = 1000000, MayChange = true)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Updates between lines of metrics.</summary>
    [Setting("updates between lines of metrics", Min = 1, MayChange = true)]
    public int LogEvery { get; init; } = 20;
}
