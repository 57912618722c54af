using System.Buffers;
using System.IO.Hashing;
using System.Text.Json;
using Reverie.Torch.IO;

namespace Reverie.Logging;

/// <summary>
/// <c>metrics.jsonl</c>: one JSON object a line, <c>kind</c> first, then the counters <c>env_steps decisions updates
/// episodes</c>, <c>seconds</c>, and the values by name. Each line is handed to the operating system at once.
/// </summary>
/// <remarks>
/// JSON has no number for them, so not-a-number and the infinities are the strings <c>"NaN"</c>, <c>"Infinity"</c> and
/// <c>"-Infinity"</c>. A checkpoint keeps <see cref="Position"/>; after a kill, <see cref="TruncateTo"/> drops what was
/// written since, and the run goes on as if nothing had happened.
/// </remarks>
public sealed class JsonLinesSink : IMetricSink, IDisposable
{
    /// <summary>The file's name in a run directory.</summary>
    public const string FileName = "metrics.jsonl";

    // What a line of measurements has at most; one without an end that is longer was not written here.
    internal const int LongestLine = 1 << 20;

    private readonly FileStream file;
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly Crc32 sum = new();

    /// <summary>Opens the file for appending, making it where it is not; a half last line is cut off.</summary>
    /// <exception cref="DataException">It cannot be opened for writing, or is no log.</exception>
    public JsonLinesSink(string path) : this(path, null)
    {
    }

    /// <summary>Opens the file and goes back to a position that <see cref="Position"/> once gave; null for the end of
    /// the last line.</summary>
    internal JsonLinesSink(string path, long? position)
    {
        try
        {
            if (Path.Exists(path))
                RegularFile.OpenRead(path).Dispose();
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot write the metrics {path}: {e.Message}", e);
        }
        try
        {
            TruncateTo(position ?? EndOfLastLine());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes written so far: the end of the last line.</summary>
    public long Position => file.Position;

    /// <summary>CRC-32 of these bytes.</summary>
    internal uint Checksum => sum.GetCurrentHashAsUInt32();

    /// <summary>Drops every line after a position that <see cref="Position"/> once gave.</summary>
    /// <exception cref="DataException">The file is shorter, or no line ends there.</exception>
    public void TruncateTo(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position > file.Length || !EndsLine(position))
            throw Changed(file.Name, position);
        file.SetLength(position);
        file.Position = 0;
        sum.Reset();
        FileSum.Append(sum, file, position);
    }

    /// <summary>Complains of a log that is not the one beside which a checkpoint was written. Nothing is changed.
    /// </summary>
    /// <param name="path">The log.</param>
    /// <param name="position">Its length then, in bytes.</param>
    /// <param name="checksum">CRC-32 of these bytes; null where it is not known.</param>
    /// <exception cref="DataException">It is gone, no file, shorter, or other bytes stand there.</exception>
    internal static void Demand(string path, long position, uint? checksum)
    {
        if (position == 0 && !Path.Exists(path))
            return;
        try
        {
            using var file = RegularFile.OpenRead(path);
            if (file.Length < position || FileSum.Of(file, position) is var sum && sum != (checksum ?? sum))
                throw Changed(path, position);
        }
        catch (FileNotFoundException error)
        {
            throw new DataException($"{path}: is gone, and the checkpoint continues it: put it back, choose another "
                + "--run, or begin this one anew with --restart", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{error.Message}; nothing was changed", error);
        }
    }

    /// <inheritdoc/>
    public void Write(MetricRecord record)
    {
        line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("kind", record.Kind);
            json.WriteNumber("env_steps", record.EnvSteps);
            json.WriteNumber("decisions", record.Decisions);
            json.WriteNumber("updates", record.Updates);
            json.WriteNumber("episodes", record.Episodes);
            WriteValue(json, "seconds", Math.Round(record.Seconds, 3));
            foreach ((string name, double value) in record.Values)
                WriteValue(json, name, value);
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        long start = file.Position;
        try
        {
            file.Write(line.WrittenSpan);
            sum.Append(line.WrittenSpan);
        }
        catch (Exception e) when (e is IOException || DiskErrors.IsTooLarge(e))
        {
            Rewind(start);
            throw new DataException($"cannot write the metrics {file.Name}: {e.Message}", e);
        }
    }

    /// <summary>Forces the file to the disk, as a checkpoint wants it.</summary>
    public void Flush() => file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static void WriteValue(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    /// <summary>A full disk may have taken half the line; what stands in the file stays whole lines.</summary>
    private void Rewind(long start)
    {
        try
        {
            file.SetLength(start);
            file.Position = start;
        }
        catch (IOException)
        {
            // The reader takes a half last line, and the next opening cuts it off.
        }
    }

    private static DataException Changed(string path, long position) => new(
        $"{path}: its first {position} bytes are not the lines that the checkpoint continues: the log or the checkpoint "
        + "was changed, or is another run's; put it back, choose another --run, or begin this one anew with --restart");

    private long EndOfLastLine()
    {
        for (long end = file.Length, most = end; ; end--)
        {
            if (EndsLine(end))
                return end;
            if (most - end > LongestLine)
                throw new DataException($"{file.Name}: is no log, its last {LongestLine} bytes have no end of line");
        }
    }

    private bool EndsLine(long position)
    {
        if (position == 0)
            return true;
        long here = file.Position;
        file.Position = position - 1;
        bool ends = file.ReadByte() == '\n';
        file.Position = here;
        return ends;
    }
}
