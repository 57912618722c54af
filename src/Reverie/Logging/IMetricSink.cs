namespace Reverie.Logging;

/// <summary>
/// Takes measurements: a file, a mirror, a display. <see cref="RunLogger"/> calls one method at a time, from whatever
/// thread measured, so a sink needs no lock of its own against it. One that holds a file is disposed by the logger.
/// </summary>
public interface IMetricSink
{
    /// <summary>Takes one record; the record never changes afterwards.</summary>
    /// <exception cref="ReverieException">It cannot be written (a full disk, say).</exception>
    void Write(MetricRecord record);

    /// <summary>Takes a picture; most sinks have no place for one.</summary>
    /// <exception cref="ReverieException">It cannot be written.</exception>
    void Write(PictureRecord picture)
    {
    }

    /// <summary>Hands everything taken so far to the operating system, or to the eye.</summary>
    void Flush();
}
