using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>How long episodes are under a configuration, in decisions and in environment steps.</summary>
public static class EpisodeExtent
{
    /// <summary>Decisions after which an episode is cut that goes on for ever: neither the task nor
    /// <c>environment.time_limit</c> has a limit.</summary>
    public const int LongestUnknown = 1000;

    /// <summary>Environment steps of a decision; of several tasks, the fewest.</summary>
    public static int Repeat(this Config config) => config.Tasks.Min(config.RepeatOf);

    /// <summary>Environment steps of a decision; of several tasks, the most.</summary>
    internal static int LongestRepeat(this Config config) => config.Tasks.Max(config.RepeatOf);

    /// <summary>Decisions of an episode at most, of several tasks the longest; 0 where episodes end by themselves, nobody knows
    /// when.</summary>
    public static int EpisodeDecisions(this Config config)
    {
        int[] each = [.. config.Tasks.Select(config.DecisionsOf)];
        return each.Contains(0) && each.Max() > 0 ? Math.Max(each.Max(), LongestUnknown) : each.Max();
    }

    /// <summary>Environment steps of an episode at most; 0 where nobody knows.</summary>
    public static long EpisodeSteps(this Config config)
    {
        long[] each = [.. config.Tasks.Select(task => (long)config.DecisionsOf(task) * config.RepeatOf(task))];
        return each.Contains(0) ? 0 : each.Max();
    }

    /// <summary>Rows learned from for each row that is collected; of several tasks, which collect alike many, on average.
    /// </summary>
    internal static double RowsLearnedPerRow(this Config config) =>
        config.Tasks.Average(task => config.Training.RowsLearnedPerRow(config.RepeatOf(task)));

    private static int RepeatOf(this Config config, string task) => config.Environment.ActionRepeat > 0
        ? config.Environment.ActionRepeat
        : EnvironmentRegistry.Find(task).ActionRepeat;

    private static int DecisionsOf(this Config config, string task)
    {
        var (steps, repeat) = (EnvironmentRegistry.Find(task).EpisodeSteps, config.RepeatOf(task));
        var (whole, limit) = ((steps + repeat - 1) / repeat, config.Environment.TimeLimit);
        return whole > 0 && limit > 0 ? Math.Min(whole, limit) : Math.Max(whole, limit);
    }
}
