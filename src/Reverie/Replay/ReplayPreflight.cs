using System.Globalization;
using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>What the replay of a run will need, reckoned before the run and again from episodes that were seen.
/// </summary>
/// <param name="Episodes">Episodes of the whole run; 0 where their length is not known.</param>
/// <param name="Decisions">Decisions in them.</param>
/// <param name="Bytes">Memory that all of them would take, in bytes.</param>
/// <param name="MemoryBytes">Memory that they will take: no more than <c>replay.memory_gb</c>.</param>
/// <param name="DiskBytes">Disk that those still to come may take at most: pictures that do not compress.</param>
/// <param name="DiskBytesExpected">Disk that they will take where pictures compress as rendered ones do.</param>
/// <param name="DiskBytesFree">Disk that is free.</param>
public sealed record ReplayPreflight(long Episodes, long Decisions, long Bytes, long MemoryBytes, long DiskBytes,
    long DiskBytesExpected, long DiskBytesFree)
{
    /// <summary>Share of its size that a rendered picture keeps when deflated at the fastest level: 0.3 to 0.56 for
    /// single pictures of control-suite scenes, less where successive ones resemble; noise keeps all of it.</summary>
    private const double CompressedShare = 0.5;      // vectors, actions and rewards keep all of theirs
    private const double BytesPerGb = 1e9;
    private const int FileBytes = 4096;              // an episode's file beside its rows: headers, the end of a block
    private const double WorthSaying = 1.5;

    /// <summary>Memory for the latents of rows, where the replay keeps them: no part of <see cref="MemoryBytes"/>, and as
    /// much on the disk in each checkpoint.</summary>
    public long LatentBytes { get; init; }

    /// <summary>True where not all episodes fit in <c>replay.memory_gb</c>, so that some are read from disk.</summary>
    public bool Spills => Bytes > MemoryBytes;

    /// <summary>Lines for the user.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            var episodes = Episodes > 0 ? Text($"{Episodes} episodes, ") : "";
            yield return Text($"replay: {episodes}{Decisions} decisions; {Gb(MemoryBytes + LatentBytes)} GB of memory, ")
                + Text($"about {Gb(DiskBytesExpected)} GB of disk ({Gb(DiskBytesFree)} GB free)");
            if (LatentBytes > 0)
                yield return Text($"replay: {Gb(LatentBytes)} GB of that memory are latents, and as much of the disk ")
                    + "in each checkpoint";
            if (Spills)
                yield return Text($"replay: all episodes take {Gb(Bytes)} GB, replay.memory_gb allows ")
                    + Text($"{Gb(MemoryBytes)}: the least used ones are read from disk, which is slower");
            if (DiskBytes > DiskBytesFree)
                yield return Text($"replay: pictures that hardly compress could take {Gb(DiskBytes)} GB of disk, ")
                    + Text($"more than the {Gb(DiskBytesFree)} GB free");
            var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            if (MemoryBytes + LatentBytes > memory)
                yield return Text($"replay: needs {Gb(MemoryBytes + LatentBytes)} GB of memory, this machine has ")
                    + Text($"{Gb(memory)}; lower replay.memory_gb{(LatentBytes > 0 ? " or replay.capacity" : "")}");
        }
    }

    /// <summary>Reckons what a run needs and checks that its directory can hold it.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What a row is made of.</param>
    /// <param name="actionRepeat">Environment steps per decision, as the run has it.</param>
    /// <param name="episodeDecisions">Decisions of an episode at most, as the run has it; 0 where nobody knows.</param>
    /// <param name="directory">Where episodes go.</param>
    /// <param name="seen">What is on disk already, when a run goes on.</param>
    /// <param name="freeBytes">Asked for the bytes free; the disk itself unless said.</param>
    /// <param name="latents">What the latents of rows are made of; null where the replay keeps none.</param>
    /// <exception cref="DataException">The directory cannot be written, or the disk has too little room.</exception>
    internal static ReplayPreflight Check(Config config, EpisodeLayout layout, int actionRepeat, int episodeDecisions,
        string directory, EpisodesSeen seen = default, Func<string, long>? freeBytes = null, LatentRows? latents = null)
    {
        ProbeWritable(directory);
        var need = Reckon(
            config, layout, actionRepeat, episodeDecisions, seen, (freeBytes ?? FreeBytes)(directory), latents);
        if (need.DiskBytesExpected > need.DiskBytesFree)
            throw new DataException($"{directory}: the episodes of this run take about "
                + $"{Gb(need.DiskBytesExpected)} GB of disk, {Gb(need.DiskBytesFree)} GB are free; "
                + "free some, choose another --run directory, or lower training.env_steps");
        return need;
    }

    /// <summary>Reckons what a run will need that was not begun; nothing is demanded.</summary>
    /// <param name="config">Its configuration, of a registered task.</param>
    /// <param name="layout">What a row is made of.</param>
    /// <param name="directory">Where it will be; need not be there.</param>
    /// <param name="latents">What the latents of rows are made of; null where the replay keeps none.</param>
    public static ReplayPreflight Expect(Config config, EpisodeLayout layout, string directory, LatentRows? latents) =>
        Reckon(config, layout, config.Repeat(), config.EpisodeDecisions(), default, FreeBytes(directory), latents);

    /// <summary>What a run needs as far as the episodes show that it has played.</summary>
    /// <inheritdoc cref="Check" path="/param"/>
    internal ReplayPreflight After(Config config, EpisodeLayout layout, int actionRepeat, int episodeDecisions,
        EpisodesSeen seen, LatentRows? latents = null) =>
        Reckon(config, layout, actionRepeat, episodeDecisions, seen, DiskBytesFree, latents);

    /// <summary>Whether this is so much more than was said that it is worth a line.</summary>
    internal bool Exceeds(ReplayPreflight said) =>
        Bytes > WorthSaying * said.Bytes || DiskBytesExpected > WorthSaying * said.DiskBytesExpected;

    private static ReplayPreflight Reckon(Config config, EpisodeLayout layout, int actionRepeat, int episodeDecisions,
        EpisodesSeen seen, long free, LatentRows? latents)
    {
        var (episodes, decisions) = Extent(config, actionRepeat, episodeDecisions, seen);
        var held = config.LearnsInSteps ? Math.Min(1, config.Replay.Capacity / (double)(episodes + decisions)) : 1;
        var all = (episodes + decisions) * layout.BytesPerRow + episodes * Episode.BytesBesideRows;
        var bytes = held < 1 ? (long)(held * all) : all;
        var kept = (long)(held * (episodes + decisions)) * (latents?.BytesPerRow ?? 0);
        var checkpoints = kept * (config.Training.KeepCheckpoints + 1);      // one more while it is written
        var left = Math.Clamp(1 - seen.Decisions / (double)decisions, 0, 1);
        var files = (long)(left * episodes) * FileBytes;
        var rows = left * (episodes + decisions) * layout.BytesPerRow;
        return new(episodes, decisions, bytes, Math.Min(bytes, (long)(config.Replay.MemoryGb * BytesPerGb)),
            (long)rows + files + checkpoints, (long)(rows * Compressed(layout)) + files + checkpoints, free)
        {
            LatentBytes = kept,
        };
    }

    // Episodes that end by themselves are as long as those seen; before there are any, as long as they may be.
    private static (long Episodes, long Decisions) Extent(
        Config config, int actionRepeat, int episodeDecisions, EpisodesSeen seen)
    {
        var training = config.Training;
        var fewest = config.Tasks.Count * (config.LearnsInSteps ? config.Environment.Count : training.SeedEpisodes);
        var length = seen.Episodes > 0 ? seen.Decisions / (double)seen.Episodes : episodeDecisions;
        if (length == 0)
            return (0, (training.EnvSteps + actionRepeat - 1) / actionRepeat);
        var episodes = Math.Max(fewest, (long)Math.Ceiling(training.EnvSteps / (actionRepeat * length)));
        return (episodes, (long)Math.Ceiling(episodes * length));
    }

    private static double Compressed(EpisodeLayout layout) =>
        1 - (1 - CompressedShare) * layout.ImageSize / layout.BytesPerRow;

    // Nothing is made here, nor left: a run that is refused leaves no trace.
    private static void ProbeWritable(string directory)
    {
        try
        {
            var there = NearestOf(directory);
            if (!Directory.Exists(there))
                throw new IOException($"{there} is no folder");
            new FileStream(Path.Combine(there, ".writable"), FileMode.Create, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: cannot be written ({error.Message}); check its permissions or "
                + "choose another --run directory", error);
        }
    }

    private static long FreeBytes(string directory) => new DriveInfo(NearestOf(directory)).AvailableFreeSpace;

    // The directory, or where it would be made.
    private static string NearestOf(string directory)
    {
        var path = Path.GetFullPath(directory);
        while (!Path.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            path = parent;
        return path;
    }

    private static string Gb(long bytes) => (bytes / BytesPerGb)
        .ToString(bytes < BytesPerGb / 100 ? "0.######" : "0.##", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
