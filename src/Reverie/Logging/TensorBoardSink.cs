using System.Buffers.Binary;
using System.Globalization;
using Reverie.Torch.IO;

namespace Reverie.Logging;

/// <summary>
/// A mirror of the metrics for TensorBoard: <c>events.out.tfevents.*</c>, scalars tagged <c>kind/name</c> and pictures,
/// whose step is the number of environment steps. Numbers are kept as 32-bit floats.
/// </summary>
/// <remarks>
/// The file is a row of TFRecords (length u64, masked CRC-32C of it, data, masked CRC-32C of that; little endian), each
/// an <c>Event</c> message; each goes to the operating system in one write, so that a run that is killed leaves whole
/// records, and at most the beginning of one. Every process writes a file of its own, since a TensorBoard that looks on
/// stops reading one that becomes shorter and then grows. A checkpoint keeps <see cref="Positions"/>; after a kill,
/// <see cref="Resume"/> cuts the files back to them, and tells a TensorBoard that has read on to forget it.
/// </remarks>
public sealed class TensorBoardSink : IMetricSink, IDisposable
{
    private const string Start = "events.out.tfevents.", Mark = ".reverie";

    private readonly FileStream file;

    /// <summary>Starts a new file in a run directory.</summary>
    /// <exception cref="DataException">The file cannot be made.</exception>
    public TensorBoardSink(string directory)
    {
        try
        {
            // TensorBoard reads in the order of names, also where a clock was set back.
            long stamp = Math.Max(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), StampAfter(directory));
            string name = $"{Start}{stamp:D10}.{Environment.MachineName}.{Environment.ProcessId}{Mark}";
            file = CreateUnique(Path.Combine(directory, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot write TensorBoard's file in {directory}: {e.Message}", e);
        }
        WriteRecord(TensorBoardEvent.Version(Now()));
        Flush();
    }

    /// <summary>The path of the file written.</summary>
    public string FilePath => file.Name;

    /// <summary>Bytes in each file of the run, by its name, this one's and those of earlier processes.</summary>
    public IReadOnlyDictionary<string, long> Positions =>
        Ours().ToDictionary(file => file.Name, file => file.Length, StringComparer.Ordinal);

    /// <summary>Goes back to a checkpoint: drops what earlier processes wrote after it.</summary>
    /// <param name="envSteps">Its environment steps.</param>
    /// <param name="positions">What <see cref="Positions"/> was; null where the checkpoint does not know, as of
    /// versions that did not keep it: what stands at its very step then stays.</param>
    /// <exception cref="DataException">A file cannot be cut or written.</exception>
    public void Resume(long envSteps, IReadOnlyDictionary<string, long>? positions)
    {
        if (positions is not null)
            foreach (FileInfo file in Ours().Where(other => other.FullName != file.Name))
                Guard(() => CutBack(file, positions.GetValueOrDefault(file.Name)));
        // TensorBoard forgets from this step on, itself included.
        WriteRecord(TensorBoardEvent.SessionStart(Now(), envSteps + 1));
        Flush();
    }

    /// <inheritdoc/>
    public void Write(MetricRecord record)
    {
        if (record.Values.Count > 0)
            WriteRecord(TensorBoardEvent.Scalars(Now(), record));
    }

    /// <summary>Takes a picture; TensorBoard shows PNG, and GIF moving.</summary>
    /// <exception cref="DataException">It cannot be written.</exception>
    public void Write(PictureRecord picture) => WriteRecord(TensorBoardEvent.Picture(Now(), picture));

    /// <inheritdoc/>
    public void Flush() => Guard(file.Flush);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>A process may open several logs within a second: the later ones get a number.</summary>
    private static FileStream CreateUnique(string path)
    {
        string candidate = path;
        for (int i = 1; File.Exists(candidate); i++)
            candidate = $"{path}.{i}";
        return new FileStream(candidate, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    // Of two files of one second the names of machine and process would decide which comes first.
    private static long StampAfter(string directory) => Directory.EnumerateFiles(directory, $"{Start}*{Mark}*")
        .Select(path => Path.GetFileName(path)[Start.Length..].Split('.')[0])
        .Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long stamp) ? stamp + 1 : 0)
        .DefaultIfEmpty().Max();

    // Files of other programs that write for TensorBoard do not have the mark.
    private IEnumerable<FileInfo> Ours() =>
        new DirectoryInfo(Path.GetDirectoryName(file.Name)!).EnumerateFiles($"{Start}*{Mark}*");

    // One of which nothing was kept goes, since TensorBoard complains of a file without a version.
    private static void CutBack(FileInfo file, long length)
    {
        if (length == 0)
            file.Delete();
        else if (length < file.Length)
            using (FileStream stream = file.Open(FileMode.Open, FileAccess.Write, FileShare.Read))
                stream.SetLength(length);
    }

    private void WriteRecord(byte[] data)
    {
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], RecordChecksum.Masked(frame[..8]));
        var record = new byte[frame.Length + data.Length + 4];
        frame.CopyTo(record);
        data.CopyTo(record, frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - 4), RecordChecksum.Masked(data));
        Guard(() => file.Write(record));
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || DiskErrors.IsTooLarge(e))
        {
            throw new DataException($"cannot write TensorBoard's file {file.Name}: {e.Message}", e);
        }
    }
}
