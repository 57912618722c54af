
namespace Reverie.Configuration;

/// <summary>What no key can say about itself: which values go together. What agents, dynamics and other parts ask for,
/// they say themselves.</summary>
internal static class ConfigRules
{
    /// <summary>Whether no rule is broken, and every value is in its range.</summary>
    public static bool Allows(Config config)
    {
        try
        {
            Check(config, Settings.All.ToDictionary(setting => setting.Key, setting => setting.Key));
            return Settings.All.All(setting => setting.Type == typeof(IReadOnlyList<double>)
                || setting.Parse([setting.Format(setting.Get(config))], isList: false) is not null);
        }
        catch (ReverieException)
        {
            return false;
        }
    }

    /// <summary>Throws for the first rule that is broken, naming both keys and where the values came from.</summary>
    public static void Check(Config config, IReadOnlyDictionary<string, string> origins)
    {
        var (planner, over, replay) = (config.Planner, config.Loss.Overshooting, config.Replay);
        var limit = config.Environment.TimeLimit;
        Demand(planner.Elites <= planner.Candidates, "planner.elites",
            $"{planner.Elites} elites cannot be chosen from planner.candidates = {planner.Candidates}");
        Demand(over.Betas.Count == 0 || over.Betas.Count == over.Distance, "loss.overshooting.betas",
            $"{over.Betas.Count} weights for loss.overshooting.distance = {over.Distance}; give one each or none");
        Demand(over.Betas.All(beta => beta >= 0), "loss.overshooting.betas", "a weight cannot be negative");
        Demand(over.Distance < replay.ChunkLength, "loss.overshooting.distance",
            $"{over.Distance} steps do not fit into chunks of replay.chunk_length = {replay.ChunkLength}");
        var twice = config.Tasks.GroupBy(task => task).FirstOrDefault(same => same.Count() > 1)?.Key;
        Demand(twice is null, "task", $"{twice} stands twice");
        var fewest = (long)replay.ChunkLength * (replay.BatchSize + config.Environment.Count * config.Tasks.Count);
        Demand(!config.LearnsInSteps || replay.Capacity >= fewest, "replay.capacity",
            $"{replay.Capacity} rows are fewer than the {fewest} that the first update needs: replay.batch_size times "
            + "replay.chunk_length, and a chunk more for each of environment.count");
        Demand(!config.LearnsInSteps || !replay.PrioritizeEnds, "replay.prioritize_ends",
            "with training.train_ratio above 0 chunks run over the ends of episodes; set it to false");
        Demand(replay.ZeroStarts == 0 || replay.ZeroStartChunks > 0, "replay.zero_starts",
            FormattableString.Invariant($"{replay.ZeroStarts} of replay.batch_size = {replay.BatchSize} is no chunk at all; take ")
            + "more, or 0");
        var mayCross = replay.CrossEpisode || config.LearnsInSteps;
        Demand(limit == 0 || mayCross || replay.ChunkLength <= limit + 1, "replay.chunk_length",
            $"{replay.ChunkLength} rows do not fit into episodes of environment.time_limit = {limit} decisions");
        Demand(!replay.PrioritizeEnds || !replay.CrossEpisode, "replay.cross_episode",
            "it and replay.prioritize_ends exclude each other: chunks that cross have no end to prefer");
        Demand(config.Environment.Discretize != 1, "environment.discretize",
            "one value leaves nothing to choose from; take 2 or more, or 0");
        var picture = PictureSize.Fault(config.Environment.Picture);
        Demand(picture is null, "environment.picture", picture!);
        Demand(!over.Fixed || over.Distance > 1, "loss.overshooting.fixed",
            "fixed overshooting trains on one distance; set loss.overshooting.distance above 1");
        var last = config.Imagination.Last;
        Demand(last != 1 && last <= replay.ChunkLength, "imagination.last",
            $"{last} rows: take 2 to replay.chunk_length = {replay.ChunkLength} of them, or 0 for all");
        var blocks = config.Model.Blocks;
        Demand(config.Model.Cnn == "planet" || config.Model.Encoder == "vector" || (4 * config.Model.CnnDepth % blocks == 0
            && config.Model.Deter % blocks == 0), "model.cnn_depth",
            $"4 times {config.Model.CnnDepth} channels cannot be cut into model.blocks = {blocks} alike");
        Demand(config.Training.TestAt.All(point => point >= 1 && point == Math.Floor(point)), "training.test_at",
            "environment steps are whole numbers of at least 1");
        Demand(config.Training.TestAt.Count == 0 || config.Training.TestEpisodes > 0, "training.test_at",
            "a test has episodes; set training.test_episodes above 0");
        Demand(config.Transfer.OtherRun is not null || config.Transfer.Frozen.Count == 0, "transfer.freeze",
            "only what is taken over from another run can stay as it is; name the run by transfer.from");
        foreach (var (key, widths) in new[] { ("actor.widths", config.Actor.Widths), ("critic.widths", config.Critic.Widths) })
            Demand(widths.All(width => width is >= 1 and <= 8192 && width == Math.Floor(width)), key,
                "units are whole numbers from 1 to 8192");
        var (memory, controller) = (config.Memory, config.Controller);
        Demand(controller.TrainIn == "environment" || memory.Done || memory.Reward, "controller.train_in",
            "a dream needs memory.done or memory.reward, or nothing in it is better than anything else");
        Demand(IsDevice(config.Compute.Device), "compute.device",
            $"{config.Compute.Device} is no device; write auto, cpu, cuda or cuda:N");
        PartNames.Check(config, Demand);

        void Demand(bool holds, string key, string complaint)
        {
            if (!holds)
                throw new ConfigurationException($"{origins[key]}: {key}: {complaint}");
        }
    }

    // By hand, here and where YAML is written: regular expressions are much of what starting a command takes.
    private static bool IsDevice(string name) => name is "auto" or "cpu" or "cuda"
        || name.StartsWith("cuda:", StringComparison.Ordinal) && name.Length is > 5 and < 9
            && name.AsSpan(5).IndexOfAnyExceptInRange('0', '9') < 0;
}
