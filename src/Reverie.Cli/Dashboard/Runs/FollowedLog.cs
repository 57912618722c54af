namespace Reverie.Cli.Dashboard.Runs;

/// <summary>A log that somebody watches, and how far it was told.</summary>
/// <param name="catalog">Where the run is looked up, each time: it may be deleted and come back.</param>
/// <param name="id">The run.</param>
internal sealed class FollowedLog(RunCatalog catalog, string id)
{
    private (long Length, DateTime Written) seen;
    private long position = -1;
    private int generation;

    /// <summary>What has happened since the last look.</summary>
    /// <param name="most">Lines to tell one by one; where there are more, the reader is to ask anew.</param>
    /// <param name="gone">Nobody watches any longer.</param>
    /// <returns>Name and content of an event, or null where nothing happened.</returns>
    public async Task<(string Name, object Content)?> LookAsync(int most, CancellationToken gone)
    {
        try
        {
            var run = catalog.Find(id);
            var file = new FileInfo(run.MetricsPath);
            var now = (file.Length, file.LastWriteTimeUtc);
            if (position >= 0 && now == seen)
                return null;
            seen = now;
            return await run.WithMetricsAsync(metrics => Told(metrics, most), gone);
        }
        catch (Exception fault) when (fault is ReverieException or IOException or UnauthorizedAccessException)
        {
            return null;    // deleted, or not begun: the list says so
        }
    }

    private (string Name, object Content)? Told(MetricIndex metrics, int most)
    {
        var (from, before) = (position, generation);
        (position, generation) = (metrics.Position, metrics.Generation);
        if (from < 0 || (from == position && before == generation))
            return null;
        if (before != generation || metrics.CountSince(from) > most)
            return ("reload", new { Run = id });
        var records = metrics.Since(from)
            .Select(one => new
            {
                one.At, one.Line.Kind, one.Line.Axes,
                Values = one.Line.Values.DistinctBy(value => value.Key).ToDictionary(),
            })
            .ToArray();
        return ("records", new { Run = id, Records = records });
    }
}
