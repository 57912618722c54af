namespace Reverie;

/// <summary>
/// What random numbers are for. Together with the run's seed and a counter it names one independent stream, so that a
/// run continues alike from any checkpoint without keeping the state of a generator for each use.
/// </summary>
public static class RandomStream
{
    /// <summary>Parameters of new networks.</summary>
    public const ulong Parameters = 1;

    /// <summary>Chunks that are drawn.</summary>
    public const ulong Replay = 2;

    /// <summary>Noise of an update.</summary>
    public const ulong Update = 3;

    /// <summary>Starts of episodes that an agent plays to learn from.</summary>
    public const ulong Episode = 4;

    /// <summary>How an agent acts in them.</summary>
    public const ulong Acting = 5;

    /// <summary>Evaluations.</summary>
    public const ulong Evaluation = 6;

    /// <summary>Random episodes before the first update.</summary>
    public const ulong SeedEpisode = 7;

    /// <summary>Candidates of an evolution strategy.</summary>
    public const ulong Candidates = 8;

    /// <summary>Dreams that a controller learns in.</summary>
    public const ulong Dream = 9;

    /// <summary>Intervals of scores.</summary>
    public const ulong Bootstrap = 10;

    /// <summary>Dreams that are only looked at.</summary>
    public const ulong Shown = 11;

    /// <summary>Tests at exact environment steps.</summary>
    public const ulong Test = 12;

    /// <summary>Seeds of the ranks of a run, but for the first.</summary>
    internal const ulong Rank = 13;
}
