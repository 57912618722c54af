using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>How long episodes are under a configuration, in decisions and in environment steps.</summary>
public static class EpisodeExtent
{
    /// <summary>Decisions after which an episode is cut that goes on for ever: neither the task nor
    /// <c>environment.time_limit</c> has a limit.</summary>
    public const int LongestUnknown = 1000;

    /// <summary>Environment steps of a decision.</summary>
    public static int Repeat(this Config config) => config.Environment.ActionRepeat > 0
        ? config.Environment.ActionRepeat
        : EnvironmentRegistry.Find(config.Task).ActionRepeat;

    /// <summary>Decisions of an episode at most; 0 where episodes end by themselves, nobody knows when.</summary>
    public static int EpisodeDecisions(this Config config)
    {
        var (steps, repeat) = (EnvironmentRegistry.Find(config.Task).EpisodeSteps, config.Repeat());
        var (whole, limit) = ((steps + repeat - 1) / repeat, config.Environment.TimeLimit);
        return whole > 0 && limit > 0 ? Math.Min(whole, limit) : Math.Max(whole, limit);
    }

    /// <summary>Environment steps of an episode at most; 0 where nobody knows.</summary>
    public static long EpisodeSteps(this Config config) => (long)config.EpisodeDecisions() * config.Repeat();
}
