namespace Reverie.Logging;

/// <summary>
/// Hands every measurement of a run to all its sinks, in order. Safe from several threads: a record reaches all sinks
/// before the next one reaches any.
/// </summary>
public sealed class RunLogger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IMetricSink[] _sinks;
    private readonly JsonLinesSink _metrics;
    private readonly TensorBoardSink? _mirror;

    private RunLogger(JsonLinesSink metrics, TensorBoardSink? mirror, IMetricSink[] others)
    {
        _metrics = metrics;
        _mirror = mirror;
        _sinks = mirror is null ? [metrics, .. others] : [metrics, mirror, .. others];
    }

    /// <summary>Opens the logs of a run directory, appending to what is there.</summary>
    /// <param name="directory">The run directory; made where it is not.</param>
    /// <param name="tensorBoard">Whether TensorBoard's mirror is written too.</param>
    /// <param name="others">Further sinks, displays for one; disposed with the logger if disposable.</param>
    /// <exception cref="ReverieException">The directory or a file cannot be written.</exception>
    public static RunLogger Open(string directory, bool tensorBoard = true, params IMetricSink[] others)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"cannot make the run directory {directory}: {e.Message}", e);
        }
        var metrics = new JsonLinesSink(Path.Combine(directory, JsonLinesSink.FileName));
        try
        {
            return new RunLogger(metrics, tensorBoard ? new TensorBoardSink(directory) : null, others);
        }
        catch
        {
            metrics.Dispose();
            throw;
        }
    }

    /// <summary>The length of <c>metrics.jsonl</c> in bytes, for the checkpoint; see <see cref="Resume"/>.</summary>
    public long Position
    {
        get
        {
            lock (_gate)
                return _metrics.Position;
        }
    }

    /// <summary>Bytes in each file of TensorBoard's mirror, for the checkpoint; null without a mirror.</summary>
    public IReadOnlyDictionary<string, long>? MirrorPositions
    {
        get
        {
            lock (_gate)
                return _mirror?.Positions;
        }
    }

    /// <summary>Goes back to a checkpoint: drops what was logged after it.</summary>
    /// <param name="position">What <see cref="Position"/> was when the checkpoint was written.</param>
    /// <param name="envSteps">The environment steps of the checkpoint.</param>
    /// <param name="mirror">What <see cref="MirrorPositions"/> was then; null where the checkpoint does not say.</param>
    /// <exception cref="ReverieException">The metrics file does not reach that far.</exception>
    public void Resume(long position, long envSteps, IReadOnlyDictionary<string, long>? mirror = null)
    {
        lock (_gate)
        {
            _metrics.TruncateTo(position);
            _mirror?.Resume(envSteps, mirror);
        }
    }

    /// <summary>Logs one record.</summary>
    /// <exception cref="ReverieException">A sink cannot write it.</exception>
    public void Write(MetricRecord record)
    {
        lock (_gate)
            foreach (IMetricSink sink in _sinks)
                sink.Write(record);
    }

    /// <summary>Hands a picture to the sinks that have a place for it.</summary>
    /// <exception cref="ReverieException">A sink cannot write it.</exception>
    public void Write(PictureRecord picture)
    {
        lock (_gate)
            foreach (IMetricSink sink in _sinks)
                sink.Write(picture);
    }

    /// <summary>Flushes every sink; a checkpoint calls it before it keeps <see cref="Position"/>.</summary>
    public void Flush()
    {
        lock (_gate)
            foreach (IMetricSink sink in _sinks)
                sink.Flush();
    }

    /// <summary>Flushes and closes the files and every disposable sink.</summary>
    public void Dispose()
    {
        lock (_gate)
            foreach (IMetricSink sink in _sinks)
                (sink as IDisposable)?.Dispose();
    }
}
