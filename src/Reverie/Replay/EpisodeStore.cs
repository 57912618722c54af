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
    private readonly int seed;
    private readonly Action<string> report;

    /// <summary>Opens a directory, which is made where it is missing, and lists it.</summary>
    /// <param name="directory">For a run, its <c>episodes</c>.</param>
    /// <param name="seed">Seed of the run; file names follow from it.</param>
    /// <param name="report">Takes lines that the user should read.</param>
    /// <exception cref="ReverieException">The directory cannot be made or read.</exception>
    public EpisodeStore(string directory, int seed = 0, Action<string>? report = null)
    {
        Directory = directory;
        this.seed = seed;
        this.report = report ?? (_ => { });
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            List();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{directory}: cannot be used for episodes ({error.Message})", error);
        }
    }

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
    public ReplayManifest Manifest => new([.. files.Select(file => file.Name)], Episodes, Decisions, NextNumber);

    /// <summary>Full path of an episode.</summary>
    public string PathOf(EpisodeFile file) => Path.Combine(Directory, file.Name);

    /// <summary>Writes an episode under the next number: durable when this returns.</summary>
    /// <exception cref="ReverieException">The disk is full or refuses.</exception>
    public EpisodeFile Write(Episode episode)
    {
        var file = new EpisodeFile(NextNumber, EpisodeFile.IdOf(seed, NextNumber), episode.Decisions);
        EpisodeArchive.Write(PathOf(file), episode);
        NextNumber++;
        Insert(file);
        return file;
    }

    /// <summary>Reads an episode; null where the file is damaged: it is then set aside and no longer listed.</summary>
    /// <exception cref="ReverieException">The disk or its permissions refuse.</exception>
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
            throw new ReverieException($"{PathOf(file)}: cannot be read ({error.Message})", error);
        }
        SetAside(file, fault);
        return null;
    }

    /// <summary>Takes a file that is of no use out of the list and out of the way.</summary>
    internal void SetAside(EpisodeFile file, string fault)
    {
        var moved = Rename(file, CorruptSuffix);
        Forget(file);
        report(moved ? $"{fault}; set aside as {file.Name}{CorruptSuffix}, going on without it"
            : $"{fault}; going on without it");
    }

    /// <summary>
    /// Goes back to a checkpoint: episodes recorded after it are set aside (the run records them again, and the same
    /// ones), and those that it names and that are gone are said.
    /// </summary>
    public void TruncateTo(ReplayManifest manifest)
    {
        var kept = manifest.Files.ToHashSet(StringComparer.Ordinal);
        foreach (var file in files.Where(file => !kept.Remove(file.Name)).ToArray())
        {
            Rename(file, SupersededSuffix);
            Forget(file);
        }
        foreach (var name in kept.Order(StringComparer.Ordinal))
            report($"{Path.Combine(Directory, name)}: belongs to the checkpoint but is gone; going on without it");
        NextNumber = manifest.NextNumber;
    }

    private void List()
    {
        foreach (var path in System.IO.Directory.EnumerateFiles(Directory).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (EpisodeFile.TryParse(name) is { } file)
                Insert(file);
            else if (name.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal))
                report($"{path}: is not named like an episode (000012-9f3c01ab-125.npz); left alone");
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
            throw new ReverieException($"{path}: cannot be renamed to *{suffix} ({error.Message})", error);
        }
    }
}
