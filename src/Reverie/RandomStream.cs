namespace Reverie;

/// <summary>
/// What random numbers are for. Together with the run's seed and a counter it names one independent stream, so that a
/// run continues alike from any checkpoint without keeping the state of a generator for each use.
/// </summary>
public static class RandomStream
{
    public const ulong Parameters = 1, Replay = 2, Update = 3, Episode = 4, Acting = 5, Evaluation = 6, SeedEpisode = 7,
        Candidates = 8, Dream = 9, Bootstrap = 10, Shown = 11, Test = 12;
}
