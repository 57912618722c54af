using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>What is known of an agent before one is made.</summary>
public sealed record AgentKind : Part
{
    /// <summary>Makes one with new parameters, from the run's configuration, what its environment gives and takes, where
    /// it computes, and the type of convolutions, planning and imagination.</summary>
    public required Func<Config, EpisodeLayout, Device, DType, IAgent> Make { get; init; }

    /// <summary>What trains it.</summary>
    public TrainingLoop Loop { get; init; }

    /// <summary>Whether its first decisions may be drawn at random, <c>training.random_decisions</c>.</summary>
    public bool ActsAtRandomFirst { get; init; }

    /// <summary>Whether it can learn from episodes alone, without playing any.</summary>
    public bool LearnsFromEpisodes { get; init; }

    /// <summary>Whether it can learn several tasks with one model.</summary>
    public bool LearnsSeveralTasks { get; init; }

    /// <summary>Whether several ranks can divide its batches: its losses are means over rows, or ask
    /// <see cref="Torch.Ranks.IGlobalStatistics"/>, and its trainer can be divided, too.</summary>
    internal bool LearnsInRanks { get; init; }

    /// <summary>Whether it asks where episodes end, <c>model.continue</c>.</summary>
    public bool AsksForEnds { get; init; }

    /// <summary>Whether it can imagine from the last rows of a chunk alone, <c>imagination.last</c>.</summary>
    public bool ImaginesFromLast { get; init; }

    /// <summary>Whether it can play random weights, <c>exploration.random=cauchy</c>.</summary>
    public bool PlaysRandomWeights { get; init; }

    /// <summary>What <c>reverie bench</c> can time of it: of <c>update</c>, <c>behavior</c>, <c>act</c>, <c>plan</c>,
    /// <c>replay</c> and those of World Models.</summary>
    public IReadOnlyList<string> Timed { get; init; } = [];

    /// <summary>The arithmetic of learning behaviour, from the configuration and whether actions are choices; null where
    /// it learns none.</summary>
    public Func<Config, bool, BehaviorPasses>? Behavior { get; init; }

    /// <summary>The section of settings whose <c>learning_rate</c> moves what a measure is of, from the measure's name and
    /// the layout of what was learned from.</summary>
    public Func<string, EpisodeLayout, string> Section { get; init; } = static (measure, _) =>
        measure.Contains("actor", StringComparison.Ordinal) ? "actor"
        : measure.Contains("critic", StringComparison.Ordinal) ? "critic"
        : "optimizer";

    /// <inheritdoc/>
    internal override void Check(Config config, ConfigDemand demand)
    {
        demand(config.LearnsInSteps == (Loop is TrainingLoop.Steps), "training.train_ratio", Loop is TrainingLoop.Steps
            ? $"agent = {Name} learns while episodes go on; set it above 0"
            : $"agent = {Name} learns between episodes; leave it at 0");
        demand(config.Training.RandomDecisions == 0 || ActsAtRandomFirst, "training.random_decisions",
            $"agent = {Name} makes its first decisions by itself or plays training.seed_episodes; leave it at 0");
        demand(!config.Model.Continue || AsksForEnds, "model.continue", "only the Dreamers (agent = "
            + $"{string.Join(", ", AgentRegistry.All.Where(one => one.AsksForEnds).Select(one => one.Name))}) ask where "
            + "episodes end");
        demand(config.Imagination.Last == 0 || ImaginesFromLast, "imagination.last",
            $"agent = {Name} imagines from every row; leave it at 0");
        demand(config.Tasks.Count == 1 || LearnsSeveralTasks, "task", $"agent = {Name} learns one task; several with one model "
            + $"learn {string.Join(", ", AgentRegistry.All.Where(one => one.LearnsSeveralTasks).Select(one => one.Name))}");
        demand(config.Transfer.OtherRun is null || Loop is not TrainingLoop.Phases, "transfer.from",
            $"agent = {Name} takes V and M of another run by controller.world");
        demand(config.Exploration.Random != "cauchy" || PlaysRandomWeights, "exploration.random",
            $"cauchy are weights of world_models' controller; agent = {Name} takes uniform, held or brownian");
        base.Check(config, demand);
    }
}
