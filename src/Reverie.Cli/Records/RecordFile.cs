using System.Text;
using System.Text.Json;
using Reverie.Torch.IO;

namespace Reverie.Cli.Records;

/// <summary>A file of finished runs, one JSON object a line, that several processes may append to.</summary>
internal sealed class RecordFile(string path)
{
    /// <summary>How its name ends.</summary>
    public const string Extension = ".jsonl";

    private const long LargestFile = 1L << 28;

    // Somebody else's line takes no longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool IsOne(string path) => File.Exists(path) && Path.GetExtension(path) == Extension;

    /// <summary>Reads all records.</summary>
    /// <exception cref="ReverieException">it cannot be read, or a line is no record</exception>
    public static IReadOnlyList<RunRecord> Read(string path)
    {
        try
        {
            return Parse(path, RegularFile.ReadAllText(path, LargestFile)).Records;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ReverieException($"{path}: cannot be read: there is no such file", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ReverieException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Complains where nothing could be appended, before hours are spent.</summary>
    /// <exception cref="ReverieException">So it is.</exception>
    public void Demand()
    {
        using var file = Open();
        _ = Records(file);
    }

    /// <summary>Appends a run that is not in it; a half last line, of a process that was killed, is replaced.</summary>
    /// <param name="record">the run</param>
    /// <param name="note">told in a line</param>
    /// <exception cref="ReverieException">it cannot be written</exception>
    public void Add(RunRecord record, Action<string> note)
    {
        using var file = Open();
        var (records, whole) = Records(file);
        if (records.Any(one => one.Identity == record.Identity && one.Line() == record.Line()))
            return;
        // A run that went on to more environment steps than when it was recorded takes its old line's place.
        var line = Encoding.UTF8.GetBytes(record.Line() + "\n");
        if (records.All(one => one.Identity != record.Identity))
        {
            Try(() =>
            {
                file.SetLength(whole);
                file.Position = whole;
                file.Write(line);
                file.Flush(flushToDisk: true);
            });
            note($"{path}: {record.Task}, {string.Join(',', record.Presets)}, seed {record.Seed} is recorded");
            return;
        }
        Try(() => AtomicFile.Write(path, stream =>
        {
            foreach (var one in records)
                stream.Write(one.Identity == record.Identity ? line : Encoding.UTF8.GetBytes(one.Line() + "\n"));
        }));
        note($"{path}: {record.Task}, {string.Join(',', record.Presets)}, seed {record.Seed} is recorded anew");
    }

    private (IReadOnlyList<RunRecord> Records, long Whole) Records(FileStream file)
    {
        using var text = new MemoryStream();
        Try(() => file.CopyTo(text));
        return Parse(path, Encoding.UTF8.GetString(text.ToArray()));
    }

    // Bytes up to the end of the last whole line come along.
    private static (IReadOnlyList<RunRecord> Records, long Whole) Parse(string path, string text)
    {
        var records = new List<RunRecord>();
        var whole = text.LastIndexOf('\n') + 1;
        foreach (var (number, line) in text[..whole].Split('\n').Index())
            if (line.Length > 0)
                try
                {
                    records.Add(RunRecord.Parse(line));
                }
                catch (Exception fault) when (fault is JsonException or ArgumentException)
                {
                    throw new ReverieException(
                        $"{path}, line {number + 1} is no record of a run: {fault.Message}", fault);
                }
        return (records, Encoding.UTF8.GetByteCount(text.AsSpan(0, whole)));
    }

    // Alone: .NET holds a lock while it is open.
    private FileStream Open()
    {
        for (var until = DateTime.UtcNow + Patience; ; Thread.Sleep(Pause))
            try
            {
                if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                    Directory.CreateDirectory(folder);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception fault) when (fault is UnauthorizedAccessException
                || fault is IOException && (!File.Exists(path) || DateTime.UtcNow > until))
            {
                throw new ReverieException($"{path}: results cannot be written: {fault.Message}", fault);
            }
            catch (IOException)
            {
            }
    }

    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{path}: results cannot be written: {fault.Message}", fault);
        }
    }
}
