using Reverie.Cli.Records;
using Reverie.Environments;

namespace Reverie.Cli.Compare;

/// <summary>What runs of one setting came to with several seeds, and from which return on another seed's run is one of
/// them.</summary>
/// <param name="Runs">one for each seed, in their order</param>
/// <param name="Random">what random actions get on the task; not a number where that is unknown</param>
internal sealed record ScoreBand(IReadOnlyList<RunRecord> Runs, double Random)
{
    /// <summary>Seeds that make a band.</summary>
    public const int Seeds = 10;

    /// <summary>How many standard deviations below the mean it ends.</summary>
    public const int Deviations = 3;

    /// <summary>What each run came to in its last test.</summary>
    public IReadOnlyList<double> Returns { get; } = [.. Runs.Select(Return)];

    /// <summary>Their mean.</summary>
    public double Mean => Returns.Average();

    /// <summary>Their standard deviation, of n − 1; not a number of a single run.</summary>
    public double Deviation => Returns.Count < 2 ? double.NaN
        : Math.Sqrt(Returns.Sum(one => (one - Mean) * (one - Mean)) / (Returns.Count - 1));

    /// <summary>The least return that is within.</summary>
    public double Low => Mean - Deviations * Deviation;

    /// <summary>Why it is no band after all; null where it is one.</summary>
    public string? Fault => Returns.Count < Seeds ? $"{Returns.Count} of {Seeds} seeds are recorded"
        : double.IsNaN(Random) ? "what random actions get there is unknown"
        : Low > Random ? null : "it would reach down to what random actions get";

    /// <summary>The bands of a file, in the order of its lines.</summary>
    /// <param name="path">records of runs, of each setting as many as there are seeds</param>
    /// <exception cref="ReverieException">it cannot be read, is empty, or has a run twice or untested</exception>
    public static IReadOnlyList<ScoreBand> Read(string path)
    {
        var records = RecordFile.ReadSome(path);
        var twice = records.GroupBy(record => (Key(record), record.Seed))
            .FirstOrDefault(same => same.Count() > 1)?.Last();
        if ((twice ?? records.FirstOrDefault(record => record.Tests.Count == 0)) is { } wrong)
            throw new ReverieException($"{path}: seed {wrong.Seed} of {wrong.Agent} on {wrong.Task} "
                + (twice is null ? "was not tested" : "stands twice; delete the older line"));
        return [.. records.GroupBy(Key).Select(group => new ScoreBand([.. group.OrderBy(record => record.Seed)],
            RandomOn(group.First().Task)))];
    }

    /// <summary>Whether a run is of this setting: of its task, presets and other settings.</summary>
    public bool IsOf(RunRecord record) => Key(record) == Key(Runs[0]);

    /// <summary>What a run came to in its last test; not a number where it was not tested.</summary>
    public static double Return(RunRecord record) => record.Tests is [.., var last] ? last.Mean : double.NaN;

    private static double RandomOn(string task) =>
        EnvironmentRegistry.Known(task)?.Scale?.Random ?? double.NaN;

    private static string Key(RunRecord record) => string.Join('\n', [record.Task, string.Join(',', record.Presets),
        .. record.Settings.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)]);
}
