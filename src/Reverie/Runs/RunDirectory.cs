using System.Text.Json;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Runs;

/// <summary>
/// The directory that holds everything of a run, locked for one process. A new one is begun with the resolved
/// configuration and what is known of the machine; one that exists must have been begun with the same configuration.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    /// <summary>Layout of run directories and checkpoints; one of another version is refused.</summary>
    public const int Version = 1;

    /// <summary>Name of the resolved configuration in it.</summary>
    public const string ConfigFile = "config.yaml";

    /// <summary>Name of the folder of its checkpoints.</summary>
    public const string CheckpointFolder = "checkpoints";

    /// <summary>Name of the folder of what evaluations leave to be looked at.</summary>
    public const string EvaluationFolder = "evaluations";

    /// <summary>Name of what is known of its beginning: program, machine, command.</summary>
    public const string FactsFile = "run.json";

    private const string LockFile = "run.lock", UnsavedFile = "unsaved";
    private readonly RunLock runLock;
    private readonly ResolvedConfig config;

    private RunDirectory(string path, ResolvedConfig config, RunLock runLock, bool restarts) =>
        (Path, this.config, this.runLock, Restarts) = (path, config, runLock, restarts);

    /// <summary>The directory itself.</summary>
    public string Path { get; }

    /// <summary>What was recorded.</summary>
    public string Episodes => System.IO.Path.Combine(Path, "episodes");

    /// <summary>What the run goes on from.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, CheckpointFolder);

    /// <summary>Dreams of the run, as pictures.</summary>
    public string Videos => System.IO.Path.Combine(Path, "videos");

    /// <summary>What evaluations leave to be looked at: episodes, dreams of them, foresight.</summary>
    public string Evaluations => System.IO.Path.Combine(Path, EvaluationFolder);

    /// <summary>Whether the run that is there is kept aside and another begun in its place.</summary>
    internal bool Restarts { get; private set; }

    /// <summary>What the run begins with that another one had learned; null for nothing.</summary>
    internal Transfer? Transfer { get; set; }

    /// <summary>Who works on it together.</summary>
    internal RunRanks Ranks { get; set; } = RunRanks.Alone;

    // There where no checkpoint was written yet, so that a run which lost its own is known from one that had none.
    private string Unsaved => System.IO.Path.Combine(Path, UnsavedFile);

    /// <summary>Takes a directory for the run, and looks whether what is there is this run. Nothing that is there is
    /// changed before training begins.</summary>
    /// <param name="path">The directory; made where it is missing.</param>
    /// <param name="config">The run's settings.</param>
    /// <param name="restart">Whether a run that is there is to be kept aside, in <c>before-1</c>, and begun anew.</param>
    /// <exception cref="ReverieException">Another process works on it, it belongs to another configuration or version,
    /// a part of it is missing or damaged, or it cannot be written. It is then as it was.</exception>
    public static RunDirectory Open(string path, ResolvedConfig config, bool restart = false)
    {
        if (path.Any(char.IsControl))
            throw new DataException($"{Visible(path)}: a folder of a run cannot have a line break or another control "
                + "character in its name");
        var run = new RunDirectory(path, config, RunLock.Take(path, LockFile), restart);
        try
        {
            if (!restart)
                run.Inspect();
            return run;
        }
        catch (Exception error)
        {
            run.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw new DataException($"{path}: the run directory cannot be read: {error.Message}", error);
            throw;
        }
    }

    /// <summary>Says, in a line, that the code behind the task is another one than when the run began; null where it is
    /// the same, or part of this program.</summary>
    /// <param name="path">The run's directory.</param>
    /// <param name="task">Its task.</param>
    public static string? ChangedEnvironment(string path, string task)
    {
        if (InfoOf(task)?.Origin is not { } now) return null;
        var (before, fault) = Remembered(path, "environment");
        return fault is not null
            ? $"{FactsFile} cannot be read ({fault}): whether the environment has changed since this run began is not known"
            : before is null || before == now ? null
            : $"the environment has changed since this run began: it was {before}, and is {now}; episodes before and "
            + "after may differ";
    }

    /// <summary>What people are shown of the task that a run learns: what its library calls it, as the run noted when it
    /// began, else its name without where the library lies.</summary>
    /// <param name="path">The run's directory.</param>
    /// <param name="task">Its task.</param>
    public static string TitleOf(string path, string task) =>
        AssemblyTasks.IsOne(task) && Remembered(path, "title").Word is { } title ? title : AssemblyTasks.ShortName(task);

    /// <summary>Lets other processes work on the run. Where none was begun, what was made for it is removed again.
    /// </summary>
    public void Dispose() => runLock.Dispose();

    /// <summary>Complains where there is no checkpoint, but a run that had one.</summary>
    /// <exception cref="ReverieException">So it is.</exception>
    internal void DemandNothingLost()
    {
        if (File.Exists(Unsaved))
            return;
        string[] work = [.. RunEntries.Work.Where(name => HasContent(System.IO.Path.Combine(Path, name)))];
        if (work.Length > 0)
            throw new DataException($"{Path}: has no checkpoint, but {string.Join(", ", work)}: put "
                + $"{CheckpointFolder} back, choose another --run, or begin this one anew with --restart");
    }

    /// <summary>Writes what makes the directory that of the run, where all of it was accepted.</summary>
    /// <param name="saved">Whether there is a checkpoint to go on from.</param>
    /// <param name="also">Writes what else belongs in it.</param>
    /// <exception cref="ReverieException">It cannot be written.</exception>
    internal void Begin(bool saved, Action<RunDirectory>? also = null)
    {
        try
        {
            if (Restarts)
                RunEntries.SetAside(Path);
            Restarts = false;
            if (saved)
                File.Delete(Unsaved);
            else
                AtomicFile.Write(Unsaved, stream => stream.Write("There is no checkpoint yet: it begins anew.\n"u8));
            also?.Invoke(this);
            var (configPath, factsPath) = (InRun(ConfigFile), InRun(FactsFile));
            if (!File.Exists(configPath) || Transfer is not null)
                AtomicFile.Write(factsPath, stream => stream.Write(Seal.Json(JsonSerializer.SerializeToUtf8Bytes(
                    RunFacts.Of(config, InfoOf(config.Config.Task), Transfer), Indented))));
            AtomicFile.Write(configPath, stream => stream.Write(
                Seal.Yaml(System.Text.Encoding.UTF8.GetBytes(config.ToYaml()))));
            runLock.Keep();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{Path}: the run directory cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Told of the first checkpoint.</summary>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    internal void Saved()
    {
        try
        {
            File.Delete(Unsaved);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{Unsaved}: cannot be removed: {error.Message}", error);
        }
    }

    private string InRun(string name) => System.IO.Path.Combine(Path, name);

    private void Inspect()
    {
        RunEntries.DemandFolders(Path);
        var (configPath, factsPath) = (InRun(ConfigFile), InRun(FactsFile));
        if (System.IO.Path.Exists(configPath))
        {
            DemandVersion(factsPath);
            ConfigDifference.DemandResumable(Path, ConfigReader.ReadResolved(configPath), config.Config);
            RunSpaces.DemandSame(Path, config.Config);
        }
        else if (RunEntries.Work.Append(CheckpointFolder).Where(name => HasContent(InRun(name))).ToArray() is [_, ..] work
            && !File.Exists(Unsaved))
        {
            throw new DataException($"{Path}: has {string.Join(", ", work)}, but no {ConfigFile}: put it back, choose "
                + "another --run, or begin this one anew with --restart");
        }
    }

    private static bool HasContent(string path) => Directory.Exists(path)
        ? Directory.EnumerateFileSystemEntries(path).Any()
        : System.IO.Path.Exists(path) && new FileInfo(path).Length > 0;

    private static string Visible(string path) =>
        string.Concat(path.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));

    private void DemandVersion(string factsPath)
    {
        var version = -1;
        try
        {
            using var facts = JsonDocument.Parse(FactsOf(factsPath));
            version = facts.RootElement.GetProperty("version").GetInt32();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or IOException
            or UnauthorizedAccessException or InvalidOperationException or FormatException or InvalidDataException)
        {
            throw new DataException($"{factsPath}: cannot be read ({error.Message}); put it back, choose another --run, "
                + "or begin this one anew with --restart", error);
        }
        if (version != Version)
            throw new DataException($"{Path}: this run has version {version} of the format, this program {Version}; choose another --run");
    }

    private static byte[] FactsOf(string path) => Seal.OpenJson(RegularFile.ReadAllBytes(path)).Text;

    /// <summary>A word that was noted when a run began, or why it cannot be read; nulls where there is none.</summary>
    internal static (string? Word, string? Fault) Remembered(string path, string name)
    {
        try
        {
            using var facts = JsonDocument.Parse(FactsOf(System.IO.Path.Combine(path, FactsFile)));
            return (facts.RootElement.TryGetProperty(name, out var kept) ? kept.GetString() : null, null);
        }
        catch (FileNotFoundException)
        {
            return (null, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException
            or UnauthorizedAccessException or InvalidDataException)
        {
            return (null, error.Message);
        }
    }

    private static TaskInfo? InfoOf(string task)
    {
        try
        {
            return EnvironmentRegistry.Find(task);
        }
        catch (ReverieException)
        {
            return null;    // whoever makes the environment tells of this
        }
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };
}
