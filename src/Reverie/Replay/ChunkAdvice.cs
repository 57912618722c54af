using Reverie.Configuration;

namespace Reverie.Replay;

/// <summary>
/// What to do where no chunk can be drawn because episodes are too short. A setting is named only where drawing with it
/// succeeds on the episodes that there are.
/// </summary>
internal static class ChunkAdvice
{
    /// <summary>Refuses a run whose first episodes cannot hold a chunk, however long they get.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="longest">Decisions of an episode at most; 0 where nobody knows.</param>
    /// <param name="episodes">Episodes that are played before the first chunk is drawn; 0 where none is.</param>
    /// <exception cref="ConfigurationException">They cannot; one line with the settings that help.</exception>
    public static void DemandChunks(Config config, int longest, int episodes)
    {
        if (longest == 0 || episodes == 0) return;
        int[] rows = [.. Enumerable.Repeat(longest + 1, episodes)];
        if (!CanDraw(config.Replay, rows))
            throw new ConfigurationException($"replay.chunk_length: {config.Replay.ChunkLength} rows, but {config.Task} gives "
                + $"at most {longest + 1} an episode, {rows.Sum(each => (long)each)} in training.seed_episodes = "
                + $"{episodes}; {Advice(config, rows)}");
    }

    /// <summary>The line for a run whose episodes turned out too short.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="rows">Rows of each episode there is.</param>
    public static ConfigurationException NothingToDraw(Config config, IReadOnlyCollection<int> rows) => rows.Count == 0
        ? new("replay: there is no episode to draw from; collect some first")
        : new($"replay: none of {rows.Count} episodes has the {config.Replay.ChunkLength} rows of a chunk "
            + $"(the longest has {rows.Max()}{(config.Replay.CrossEpisode ? $", all together {rows.Sum()}" : "")}); "
            + Advice(config, rows));

    private static string Advice(Config config, IReadOnlyCollection<int> rows)
    {
        string[] helping =
        [
            .. from each in Remedies(config, rows)
               where ConfigRules.Allows(each.Config) && CanDraw(each.Config.Replay, each.Rows)
               select each.Text,
        ];
        return helping.Length == 0
            ? "no setting helps: the environment must play longer episodes"
            : $"begin a new run with {string.Join(" or ", helping)}";
    }

    private static IEnumerable<(string Text, Config Config, IEnumerable<int> Rows)> Remedies(
        Config config, IReadOnlyCollection<int> rows)
    {
        var (crossing, cross) = config.Replay switch
        {
            { CrossEpisode: true } same => (same, ""),
            { PrioritizeEnds: true } replay => (replay with { CrossEpisode = true, PrioritizeEnds = false },
                "--set replay.cross_episode=true --set replay.prioritize_ends=false"),
            var replay => (replay with { CrossEpisode = true }, "--set replay.cross_episode=true"),
        };
        var crossed = config with { Replay = crossing };
        if (CanDraw(crossing, rows)) yield return (cross, crossed, rows);
        else
        {
            // An episode has two rows at least, so that so many more are enough whatever they are like.
            const int Fewest = 2;
            var more = (crossing.ChunkLength - rows.Sum() + Fewest - 1) / Fewest;
            var seeds = Math.Max(config.Training.SeedEpisodes, rows.Count) + more;
            yield return ($"{cross} --set training.seed_episodes={seeds}".TrimStart(), crossed with
            {
                Training = config.Training with { SeedEpisodes = seeds },
            }, rows.Concat(Enumerable.Repeat(Fewest, more)));
        }
        var longest = crossing.CrossEpisode && config.Replay.CrossEpisode ? rows.Sum() : rows.Max();
        yield return ($"--set replay.chunk_length={longest}",
            config with { Replay = config.Replay with { ChunkLength = longest } }, rows);
    }

    /// <summary>Whether a replay of episodes with so many rows has a chunk to draw.</summary>
    public static bool CanDraw(ReplayConfig config, IEnumerable<int> rows)
    {
        var sampler = new ChunkSampler(config);
        var number = 0;
        foreach (var each in rows) sampler.Add(new EpisodeFile(number++, "", each - 1));
        return sampler.CanDraw;
    }
}
