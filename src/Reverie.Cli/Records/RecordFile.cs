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

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];    // of editors that begin a text with one

    // Somebody else's line takes no longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>What it is written in; anything else is refused, and not replaced.</summary>
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a path is that of such a file.</summary>
    public static bool IsOne(string path) => File.Exists(path) && Path.GetExtension(path) == Extension;

    /// <summary>Reads all records.</summary>
    /// <exception cref="ReverieException">it cannot be read, a line is no record, or a run stands twice</exception>
    public static IReadOnlyList<RunRecord> Read(string path)
    {
        var records = Parse(path, Bytes(path)).Records;
        return records.GroupBy(record => record.Identity).FirstOrDefault(same => same.Count() > 1)?.Last() is { } twice
            ? throw new ReverieException($"{path}: seed {twice.Seed} of {twice.Agent} on {twice.Task} stands twice; "
                + "delete the older line")
            : records;
    }

    /// <summary>Reads all records of a file that has some.</summary>
    /// <exception cref="ReverieException">it cannot be read, is empty, a line is no record, or a run stands twice
    /// </exception>
    public static IReadOnlyList<RunRecord> ReadSome(string path) => Read(path) is { Count: > 0 } records ? records
        : throw new ReverieException($"{path}: no run is recorded in it");

    private static byte[] Bytes(string path)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, LargestFile);
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
        var (records, whole, isOpen) = Records(file);
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
                file.Write(isOpen ? [(byte)'\n', .. line] : line);
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

    private (IReadOnlyList<RunRecord> Records, long Whole, bool IsOpen) Records(FileStream file)
    {
        using var bytes = new MemoryStream();
        Try(() => file.CopyTo(bytes));
        return Parse(path, bytes.ToArray());
    }

    // Bytes up to the end of the last record come along, and whether its line is still open. A last line without its
    // end that is no record was broken off.
    private static (IReadOnlyList<RunRecord> Records, long Whole, bool IsOpen) Parse(string path, byte[] bytes)
    {
        var records = new List<RunRecord>();
        var from = bytes.AsSpan().StartsWith(Mark) ? Mark.Length : 0;
        for (var number = 1; from < bytes.Length; number++)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', from);
            try
            {
                if (end != from)
                    records.Add(RunRecord.Parse(Utf8.GetString(bytes, from, (end < 0 ? bytes.Length : end) - from)));
            }
            catch (Exception fault) when (fault is JsonException or ArgumentException)
            {
                if (end < 0)
                    break;
                throw new ReverieException($"{path}, line {number} is no record of a run: "
                    + (fault is DecoderFallbackException ? "it is not UTF-8" : fault.Message), fault);
            }
            if (end < 0)
                return (records, bytes.Length, true);
            from = end + 1;
        }
        return (records, from, false);
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
