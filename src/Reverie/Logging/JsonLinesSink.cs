using System.Buffers;
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

    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>Opens the file for appending, making it where it is not; a half last line is cut off.</summary>
    /// <exception cref="ReverieException">The file cannot be opened for writing.</exception>
    public JsonLinesSink(string path)
    {
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"cannot write the metrics {path}: {e.Message}", e);
        }
        CutHalfLine();
    }

    /// <summary>Bytes written so far: the end of the last line.</summary>
    public long Position => _file.Position;

    /// <summary>Drops every line after a position that <see cref="Position"/> once gave.</summary>
    /// <exception cref="ReverieException">The file is shorter, or no line ends there.</exception>
    public void TruncateTo(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position > _file.Length || !EndsLine(position))
            throw new ReverieException(
                $"{_file.Name} has no line that ends at byte {position}, where the checkpoint says the run stood: " +
                "it was changed since; go on from a copy of the whole run directory");
        _file.SetLength(position);
        _file.Position = position;
    }

    /// <inheritdoc/>
    public void Write(MetricRecord record)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
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
        _line.Write("\n"u8);
        long start = _file.Position;
        try
        {
            _file.Write(_line.WrittenSpan);
        }
        catch (Exception e) when (e is IOException || DiskErrors.IsTooLarge(e))
        {
            Rewind(start);
            throw new ReverieException($"cannot write the metrics {_file.Name}: {e.Message}", e);
        }
    }

    /// <summary>Forces the file to the disk, as a checkpoint wants it.</summary>
    public void Flush() => _file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

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
            _file.SetLength(start);
            _file.Position = start;
        }
        catch (IOException)
        {
            // The reader takes a half last line, and the next opening cuts it off.
        }
    }

    private void CutHalfLine()
    {
        long end = _file.Length;
        while (!EndsLine(end))
            end--;
        _file.SetLength(end);
        _file.Position = end;
    }

    private bool EndsLine(long position)
    {
        if (position == 0)
            return true;
        long here = _file.Position;
        _file.Position = position - 1;
        bool ends = _file.ReadByte() == '\n';
        _file.Position = here;
        return ends;
    }
}
