using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Reverie.Torch.IO;

namespace Reverie.Replay;

/// <summary>
/// A directory of episodes. Counts come from the names of the files alone. A file that cannot be read is set aside as
/// <c>*.corrupt</c>, said, and training goes on.
/// </summary>
public sealed class EpisodeStore
{
    /// <summary>What a damaged file is renamed to.</summary>
    public const string CorruptSuffix = ".corrupt";

    /// <summary>What an episode recorded after the checkpoint that a run goes on from is renamed to: the run records
    /// it again.</summary>
    public const string SupersededSuffix = ".superseded";

    private readonly List<EpisodeFile> files = [];
    private readonly Dictionary<string, uint> checksums = new(StringComparer.Ordinal);
    private readonly List<(EpisodeFile File, string Suffix, string? Fault)> leaving = [];
    private readonly int seed;
    private readonly ILogger logger;
    private readonly bool looksOnly;

    /// <summary>Opens a directory and lists it; one that is missing is made when an episode is written.</summary>
    /// <param name="directory">For a run, its <c>episodes</c>.</param>
    /// <param name="seed">Seed of the run; file names follow from it.</param>
    /// <param name="logger">Takes lines that the user should read.</param>
    /// <exception cref="DataException">The directory cannot be read.</exception>
    public EpisodeStore(string directory, int seed = 0, ILogger? logger = null)
        : this(directory, seed, logger, looksOnly: false, isNew: false)
    {
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public EpisodeStore(string directory, int seed, Action<string> report)
        : this(directory, seed, new LineLogger(report))
    {
    }

    /// <param name="directory">As above.</param>
    /// <param name="seed">As above.</param>
    /// <param name="logger">As above.</param>
    /// <param name="looksOnly">Whether the files are another's: nothing is renamed.</param>
    /// <param name="isNew">Whether what is there now is moved away before an episode is written.</param>
    private EpisodeStore(string directory, int seed, ILogger? logger, bool looksOnly, bool isNew)
    {
        Directory = directory;
        this.seed = seed;
        this.looksOnly = looksOnly;
        this.logger = logger ?? NullLogger.Instance;
        try
        {
            if (!isNew && Path.Exists(directory))
                List();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: cannot be used for episodes ({error.Message})", error);
        }
    }

    /// <summary>One over files that are another's: nothing is renamed.</summary>
    /// <inheritdoc cref="EpisodeStore(string, int, ILogger)"/>
    public static EpisodeStore Look(string directory, int seed = 0, ILogger? logger = null) =>
        new(directory, seed, logger, looksOnly: true, isNew: false);

    /// <summary>The same, with an action that takes the lines.</summary>
    public static EpisodeStore Look(string directory, int seed, Action<string> report) =>
        Look(directory, seed, new LineLogger(report));

    /// <summary>One that begins empty: what is there now is moved away before an episode is written.</summary>
    internal static EpisodeStore Anew(string directory, int seed, ILogger? logger) =>
        new(directory, seed, logger, looksOnly: false, isNew: true);

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>The episodes, in the order of recording.</summary>
    public IReadOnlyList<EpisodeFile> Files => files;

    /// <summary>How many episodes there are.</summary>
    public int Episodes => files.Count;

    /// <summary>Decisions in all of them.</summary>
    public long Decisions { get; private set; }

    /// <summary>Number that the next episode takes.</summary>
    public int NextNumber { get; private set; }

    /// <summary>What a checkpoint keeps of this store.</summary>
    public ReplayManifest Manifest => new([.. files.Select(file => file.Name)], Episodes, Decisions, NextNumber,
        [.. files.Select(ChecksumOf)]);

    /// <summary>Full path of an episode.</summary>
    public string PathOf(EpisodeFile file) => Path.Combine(Directory, file.Name);

    /// <summary>Writes an episode under the next number: durable when this returns.</summary>
    /// <exception cref="DataException">The disk is full or refuses.</exception>
    public EpisodeFile Write(Episode episode)
    {
        var file = new EpisodeFile(NextNumber, EpisodeFile.IdOf(seed, NextNumber), episode.Decisions) { Task = episode.Task };
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{Directory}: cannot be made for episodes ({error.Message})", error);
        }
        EpisodeArchive.Write(PathOf(file), episode);
        checksums.Remove(file.Name);
        _ = ChecksumOf(file);
        NextNumber++;
        Insert(file);
        return file;
    }

    /// <summary>Reads an episode; null where the file is damaged: it is then set aside and no longer listed.</summary>
    /// <exception cref="DataException">The disk or its permissions refuse.</exception>
    public Episode? TryRead(EpisodeFile file)
    {
        string fault;
        try
        {
            var episode = EpisodeArchive.Read(PathOf(file));
            if (episode.Decisions == file.Decisions)
                return episode;
            fault = $"{PathOf(file)}: holds {episode.Decisions} decisions, its name says {file.Decisions}";
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            fault = error.Message;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{PathOf(file)}: cannot be read ({error.Message})", error);
        }
        SetAside(file, fault);
        return null;
    }

    /// <summary>Takes a file that is of no use out of the list and out of the way.</summary>
    internal void SetAside(EpisodeFile file, string fault)
    {
        var moved = !looksOnly && Rename(file, CorruptSuffix);
        Forget(file);
        logger.Warn(moved ? $"{fault}; set aside as {file.Name}{CorruptSuffix}, going on without it"
            : $"{fault}; going on without it");
    }

    /// <summary>
    /// Goes back to a checkpoint: episodes recorded after it are set aside (the run records them again, and the same
    /// ones), and those that it names and that are damaged or gone are said.
    /// </summary>
    /// <exception cref="DataException">Most of the episodes are damaged or gone, or the disk refuses.</exception>
    public void TruncateTo(ReplayManifest manifest)
    {
        GoBackTo(manifest);
        Settle();
    }

    /// <summary>Goes back to a checkpoint in this list alone; <see cref="Settle"/> does the same on the disk.</summary>
    /// <exception cref="DataException">As <see cref="TruncateTo"/>.</exception>
    internal void GoBackTo(ReplayManifest manifest)
    {
        var listed = files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        List<string> gone = [], faults = [];
        for (var i = 0; i < manifest.Files.Count; i++)
        {
            if (!listed.Remove(manifest.Files[i], out var file))
            {
                gone.Add(manifest.Files[i]);
            }
            else if (Fault(file, manifest.Checksums?[i]) is { } fault)
            {
                faults.Add(fault);
                leaving.Add((file, CorruptSuffix, fault));
            }
        }
        if (gone.Count > 0)
            faults.Insert(0, $"{Path.Combine(Directory, gone.Order(StringComparer.Ordinal).First())}: "
                + (gone.Count == 1 ? "belongs" : $"and {gone.Count - 1} more belong") + " to the checkpoint but "
                + (gone.Count == 1 ? "is gone" : "are gone"));
        // A few files rot on a disk; where most are missing, somebody copied a part of the run, and the rest is somewhere.
        if (2 * (gone.Count + leaving.Count) > manifest.Files.Count)
            throw new DataException($"{faults[0]}; {gone.Count + leaving.Count} of {manifest.Files.Count} episodes "
                + "cannot be used: put them back, choose another --run, or begin this one anew with --restart");
        if (gone.Count > 0)
            logger.Warn($"{faults[0]}; going on without");
        leaving.AddRange(listed.Values.Select(file => (file, SupersededSuffix, (string?)null)));
        foreach (var (file, _, _) in leaving)
            Forget(file);
        NextNumber = manifest.NextNumber;
    }

    /// <summary>Sets aside what <see cref="GoBackTo"/> took out of the list.</summary>
    /// <exception cref="DataException">The disk or its permissions refuse.</exception>
    internal void Settle()
    {
        foreach (var (file, suffix, fault) in leaving)
            if (fault is not null)
                SetAside(file, fault);
            else
                Rename(file, suffix);
        leaving.Clear();
    }

    private string? Fault(EpisodeFile file, uint? checksum)
    {
        try
        {
            var found = ChecksumOf(file);
            return checksum is { } due && found != due
                ? $"{PathOf(file)}: is not the file that the checkpoint lists (its checksum is another)"
                : null;
        }
        catch (InvalidDataException error)
        {
            return error.Message;
        }
    }

    private uint ChecksumOf(EpisodeFile file)
    {
        if (checksums.TryGetValue(file.Name, out var known))
            return known;
        try
        {
            return checksums[file.Name] = FileSum.Of(PathOf(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{error.Message}; nothing was changed", error);
        }
    }

    private void List()
    {
        foreach (var path in System.IO.Directory.EnumerateFileSystemEntries(Directory).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (EpisodeFile.TryParse(name) is { } file)
                Insert(file);
            else if (name.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal))
                logger.Warn($"{path}: is not named like an episode (000012-9f3c01ab-125.npz); left alone");
            // A number that was set aside as corrupt is not given twice.
            else if (name.EndsWith(CorruptSuffix, StringComparison.Ordinal)
                && EpisodeFile.TryParse(name[..^CorruptSuffix.Length]) is { } aside)
                NextNumber = Math.Max(NextNumber, aside.Number + 1);
        }
        files.Sort((a, b) => (a.Number, a.Name).CompareTo((b.Number, b.Name)));
    }

    private void Insert(EpisodeFile file)
    {
        files.Add(file);
        Decisions += file.Decisions;
        NextNumber = Math.Max(NextNumber, file.Number + 1);
    }

    private void Forget(EpisodeFile file)
    {
        if (files.Remove(file))
            Decisions -= file.Decisions;
    }

    private bool Rename(EpisodeFile file, string suffix)
    {
        var path = PathOf(file);
        if (!File.Exists(path))
            return false;
        try
        {
            File.Move(path, path + suffix, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be renamed to *{suffix} ({error.Message})", error);
        }
    }
}
