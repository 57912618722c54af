using Reverie.Configuration;
using Reverie.Logging;

namespace Reverie.Curves;

/// <summary>A run to plot or to compare.</summary>
/// <param name="Name">Its name in the legend; runs of one name (seeds) are drawn as one mean.</param>
/// <param name="Records">Its measurements.</param>
public sealed record CurveRun(string Name, IReadOnlyList<MetricRecord> Records)
{
    /// <summary>Its settings by key, as written in its directory; empty where they are not known.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What it learned; null where that is not known.</summary>
    public string? Task => Settings.GetValueOrDefault("task");

    /// <summary>Environment steps of its last measurement; 0 where there is none.</summary>
    public long EnvSteps => Records.Count == 0 ? 0 : Records.Max(record => record.EnvSteps);

    /// <summary>Reads the metrics of a run directory, and its settings; the name is that of the directory.</summary>
    /// <exception cref="ReverieException">There are no metrics, or they or the settings are damaged.</exception>
    public static CurveRun Read(string directory)
        => new(new DirectoryInfo(directory).Name, MetricsReader.Read(directory).Records)
        {
            Settings = StoredSettings.Read(directory),
        };

    /// <summary>What was measured up to so many environment steps.</summary>
    public CurveRun Until(long envSteps)
        => this with { Records = [.. Records.Where(record => record.EnvSteps <= envSteps)] };
}
