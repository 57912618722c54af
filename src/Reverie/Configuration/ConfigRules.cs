using System.Text.RegularExpressions;

namespace Reverie.Configuration;

/// <summary>What no key can say about itself: which values go together.</summary>
internal static partial class ConfigRules
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
        Demand(config.LearnsInSteps == (config.Agent == "dreamerv3"), "training.train_ratio", config.LearnsInSteps
            ? $"agent = {config.Agent} learns between episodes; leave it at 0"
            : "agent = dreamerv3 learns while episodes go on; set it above 0");
        var fewest = (long)replay.ChunkLength * (replay.BatchSize + config.Environment.Count);
        Demand(!config.LearnsInSteps || replay.Capacity >= fewest, "replay.capacity",
            $"{replay.Capacity} rows are fewer than the {fewest} that the first update needs: replay.batch_size times "
            + "replay.chunk_length, and a chunk more for each of environment.count");
        Demand(!config.LearnsInSteps || !replay.PrioritizeEnds, "replay.prioritize_ends",
            "with training.train_ratio above 0 chunks run over the ends of episodes; set it to false");
        var mayCross = replay.CrossEpisode || config.LearnsInSteps;
        Demand(limit == 0 || mayCross || replay.ChunkLength <= limit + 1, "replay.chunk_length",
            $"{replay.ChunkLength} rows do not fit into episodes of environment.time_limit = {limit} decisions");
        Demand(!replay.PrioritizeEnds || !replay.CrossEpisode, "replay.cross_episode",
            "it and replay.prioritize_ends exclude each other: chunks that cross have no end to prefer");
        Demand(config.Environment.Discretize != 1, "environment.discretize",
            "one value leaves nothing to choose from; take 2 or more, or 0");
        Demand(!over.Fixed || over.Distance > 1, "loss.overshooting.fixed",
            "fixed overshooting trains on one distance; set loss.overshooting.distance above 1");
        var dreams = config.Agent is "dreamer" or "dreamerv2" or "dreamerv3";
        Demand(!config.Model.Continue || dreams, "model.continue",
            "only the Dreamers (agent = dreamer, dreamerv2, dreamerv3) ask where episodes end");
        var third = config.Agent == "dreamerv3";
        Demand(!third || config.Model.Continue, "model.continue", "agent = dreamerv3 asks where episodes end; set it to true");
        Demand(!third || config.Model.Dynamics is "block_rssm" or "discrete_rssm", "model.dynamics",
            $"agent = dreamerv3 keeps classes of latents, which {config.Model.Dynamics} has none of; take block_rssm or discrete_rssm");
        var last = config.Imagination.Last;
        Demand(last == 0 || third, "imagination.last", $"agent = {config.Agent} imagines from every row; leave it at 0");
        Demand(last != 1 && last <= replay.ChunkLength, "imagination.last",
            $"{last} rows: take 2 to replay.chunk_length = {replay.ChunkLength} of them, or 0 for all");
        var blocks = config.Model.Blocks;
        Demand(config.Model.Dynamics != "block_rssm" || config.Model.Deter % blocks == 0, "model.deter",
            $"{config.Model.Deter} units cannot be cut into model.blocks = {blocks} alike");
        Demand(config.Model.Cnn == "planet" || config.Model.Encoder == "vector" || (4 * config.Model.CnnDepth % blocks == 0
            && config.Model.Deter % blocks == 0), "model.cnn_depth",
            $"4 times {config.Model.CnnDepth} channels cannot be cut into model.blocks = {blocks} alike");
        Demand(!dreams || over.Distance == 1, "loss.overshooting.distance",
            $"agent = {config.Agent} has no overshooting; leave it at 1");
        Demand(!dreams || config.Loss.GlobalPrior == 0, "loss.global_prior",
            $"agent = {config.Agent} has no such loss; leave it at 0");
        Demand(config.Training.TestAt.All(point => point >= 1 && point == Math.Floor(point)), "training.test_at",
            "environment steps are whole numbers of at least 1");
        Demand(config.Training.TestAt.Count == 0 || config.Training.TestEpisodes > 0, "training.test_at",
            "a test has episodes; set training.test_episodes above 0");
        var (memory, controller) = (config.Memory, config.Controller);
        Demand(controller.TrainIn == "environment" || memory.Done || memory.Reward, "controller.train_in",
            "a dream needs memory.done or memory.reward, or nothing in it is better than anything else");
        Demand(config.Exploration.Random != "cauchy" || config.Agent == "world_models", "exploration.random",
            $"cauchy are weights of world_models' controller; agent = {config.Agent} takes uniform, held or brownian");
        Demand(config.Agent != "world_models" || config.Model.Encoder == "pixels", "model.encoder",
            $"{config.Model.Encoder}, but agent = world_models learns from pictures alone; set it to pixels");
        Demand(Device().IsMatch(config.Compute.Device), "compute.device",
            $"{config.Compute.Device} is no device; write auto, cpu, cuda or cuda:N");

        void Demand(bool holds, string key, string complaint)
        {
            if (!holds)
                throw new ReverieException($"{origins[key]}: {key}: {complaint}");
        }
    }

    [GeneratedRegex(@"^(auto|cpu|cuda(:\d{1,3})?)$")]
    private static partial Regex Device();
}
