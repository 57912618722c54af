namespace Reverie.Logging;

/// <summary>
/// Hands every measurement of a run to all its sinks, in order. Safe from several threads: a record reaches all sinks
/// before the next one reaches any.
/// </summary>
public sealed class RunLogger : IDisposable
{
    private readonly Lock gate = new();
    private readonly string directory;
    private readonly bool tensorBoard;
    private readonly IMetricSink[] others;
    private IMetricSink[] sinks;
    private JsonLinesSink? metrics;
    private TensorBoardSink? mirror;

    private RunLogger(string directory, bool tensorBoard, IMetricSink[] others) =>
        (this.directory, this.tensorBoard, this.others, sinks) = (directory, tensorBoard, others, others);

    /// <summary>Opens the logs of a run directory, appending to what is there.</summary>
    /// <param name="directory">The run directory; made where it is not.</param>
    /// <param name="tensorBoard">Whether TensorBoard's mirror is written too.</param>
    /// <param name="others">Further sinks, displays for one; disposed with the logger if disposable.</param>
    /// <exception cref="DataException">The directory or a file cannot be written.</exception>
    public static RunLogger Open(string directory, bool tensorBoard = true, params IMetricSink[] others)
    {
        var logger = new RunLogger(directory, tensorBoard, others);
        logger.OpenFiles(null);
        return logger;
    }

    /// <summary>As <see cref="Open"/>, but no file is made or changed before <see cref="Resume"/>: whoever takes up a run
    /// looks first whether it can be.</summary>
    internal static RunLogger Prepare(string directory, bool tensorBoard = true, params IMetricSink[] others) =>
        new(directory, tensorBoard, others);

    /// <summary>The length of <c>metrics.jsonl</c> in bytes, for the checkpoint; see <see cref="Resume"/>.</summary>
    public long Position
    {
        get
        {
            lock (gate)
                return metrics?.Position ?? 0;
        }
    }

    /// <summary>Bytes in each file of TensorBoard's mirror, for the checkpoint; null without a mirror.</summary>
    public IReadOnlyDictionary<string, long>? MirrorPositions
    {
        get
        {
            lock (gate)
                return mirror?.Positions;
        }
    }

    /// <summary>CRC-32 of the bytes of <c>metrics.jsonl</c>.</summary>
    internal uint Checksum
    {
        get
        {
            lock (gate)
                return metrics?.Checksum ?? 0;
        }
    }

    private string MetricsPath => Path.Combine(directory, JsonLinesSink.FileName);

    /// <summary>Complains where the log is not the one that a checkpoint continues. Nothing is changed.</summary>
    /// <param name="position">What <see cref="Position"/> was when the checkpoint was written.</param>
    /// <param name="checksum">What <see cref="Checksum"/> was; null where the checkpoint does not say.</param>
    /// <exception cref="DataException">It is not.</exception>
    internal void Demand(long position, uint? checksum) => JsonLinesSink.Demand(MetricsPath, position, checksum);

    /// <summary>Goes back to a checkpoint: drops what was logged after it.</summary>
    /// <param name="position">What <see cref="Position"/> was when the checkpoint was written.</param>
    /// <param name="envSteps">The environment steps of the checkpoint.</param>
    /// <param name="mirror">What <see cref="MirrorPositions"/> was then; null where the checkpoint does not say.</param>
    /// <exception cref="DataException">The metrics file does not reach that far.</exception>
    public void Resume(long position, long envSteps, IReadOnlyDictionary<string, long>? mirror = null)
    {
        lock (gate)
        {
            if (metrics is null)
                OpenFiles(position);
            else
                metrics.TruncateTo(position);
            this.mirror?.Resume(envSteps, mirror);
        }
    }

    private void OpenFiles(long? position)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot make the run directory {directory}: {e.Message}", e);
        }
        metrics = new JsonLinesSink(MetricsPath, position);
        try
        {
            mirror = tensorBoard ? new TensorBoardSink(directory) : null;
        }
        catch
        {
            metrics.Dispose();
            throw;
        }
        sinks = mirror is null ? [metrics, .. others] : [metrics, mirror, .. others];
    }

    /// <summary>Logs one record.</summary>
    /// <exception cref="DataException">A sink cannot write it.</exception>
    public void Write(MetricRecord record)
    {
        lock (gate)
            foreach (IMetricSink sink in sinks)
                sink.Write(record);
    }

    /// <summary>Hands a picture to the sinks that have a place for it.</summary>
    /// <exception cref="DataException">A sink cannot write it.</exception>
    public void Write(PictureRecord picture)
    {
        lock (gate)
            foreach (IMetricSink sink in sinks)
                sink.Write(picture);
    }

    /// <summary>Flushes every sink; a checkpoint calls it before it keeps <see cref="Position"/>.</summary>
    public void Flush()
    {
        lock (gate)
            foreach (IMetricSink sink in sinks)
                sink.Flush();
    }

    /// <summary>Flushes and closes the files and every disposable sink.</summary>
    public void Dispose()
    {
        lock (gate)
            foreach (IMetricSink sink in sinks)
                (sink as IDisposable)?.Dispose();
    }
}
