namespace Reverie.Logging;

/// <summary>A run to plot.</summary>
/// <param name="Name">Its name in the legend; runs of one name (seeds) are drawn as one mean.</param>
/// <param name="Records">Its measurements.</param>
public sealed record CurveRun(string Name, IReadOnlyList<MetricRecord> Records)
{
    /// <summary>Reads the metrics of a run directory; the name is that of the directory.</summary>
    /// <exception cref="ReverieException">There are no metrics, or they are damaged.</exception>
    public static CurveRun Read(string directory)
        => new(new DirectoryInfo(directory).Name, MetricsReader.Read(directory).Records);
}
