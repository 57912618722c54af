using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Training;

/// <summary>How long episodes are under a configuration.</summary>
internal static class EpisodeExtent
{
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
}
