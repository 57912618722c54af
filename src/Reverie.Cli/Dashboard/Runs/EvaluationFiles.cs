using System.Globalization;
using Reverie.Dreams;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What the evaluations of a run left to be looked at; see <see cref="EvaluationRecord"/>.</summary>
/// <param name="folder">Opens nothing that lies outside.</param>
/// <param name="run">The run.</param>
internal sealed class EvaluationFiles(RunsFolder folder, WatchedRun run)
{
    private const long LargestFile = 1L << 30;

    /// <summary>Updates before each evaluation that has files, ascending, and which it has.</summary>
    public IEnumerable<Entry> List() => Names(RunDirectory.EvaluationFolder)
        .Where(name => name.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal))
        .Select(name => (Name: name, Dash: name.IndexOf('-', StringComparison.Ordinal)))
        .Where(file => file.Dash > 0 && Number(file.Name[..file.Dash]) >= 0)
        .GroupBy(file => Number(file.Name[..file.Dash]), file => file.Name[file.Dash..])
        .OrderBy(group => group.Key)
        .Select(group => new Entry(group.Key, group.Contains(EvaluationRecord.EpisodeEnd),
            group.Contains(EvaluationRecord.DreamEnd), group.Contains(EvaluationRecord.ForesightEnd)));

    /// <summary>One evaluation's files.</summary>
    internal sealed record Entry(long Updates, bool Episode, bool Dream, bool Foresight);

    /// <summary>What the entries of actions do; empty where nobody says.</summary>
    public IReadOnlyList<string> ActionNames => run.Facts.ActionNames;

    /// <summary>The episode of an evaluation.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode Episode(long updates) => ReadEpisode(PathOf(updates, EvaluationRecord.EpisodeEnd));

    /// <summary>A training episode by its file's name.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode Episode(string name) => EpisodeFile.TryParse(name) is not null
        ? ReadEpisode(InRun(Path.Combine("episodes", name)))
        : throw new ReverieException($"{name} is no name of an episode");

    /// <summary>The dream of an evaluation.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public DreamClip Dream(long updates) => Read(PathOf(updates, EvaluationRecord.DreamEnd), DreamClip.Read);

    /// <summary>What the agent looked ahead at.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public SeenForesight Foresight(long updates) =>
        Read(PathOf(updates, EvaluationRecord.ForesightEnd), SeenForesight.Read);

    /// <summary>Training episodes, newest first.</summary>
    public IEnumerable<EpisodeFile> Episodes() => Names("episodes").Select(EpisodeFile.TryParse)
        .OfType<EpisodeFile>().OrderByDescending(file => file.Number);

    /// <summary>Pictures and animations that <c>reverie dream</c> made, newest first.</summary>
    public IEnumerable<string> Videos() => folder.Entries(Path.Combine(run.Path, "videos"))
        .Where(file => FilmFile.TypeOf(file.Name) is not null)
        .OrderByDescending(file => file.LastWriteTimeUtc).Select(file => file.Name);

    /// <summary>One of <see cref="Videos"/>, opened.</summary>
    /// <exception cref="ReverieException">It is not there, or no picture.</exception>
    public FilmFile Video(string name) => FilmFile.TypeOf(name) is not null && !name.Contains('/')
        ? FilmFile.Open(folder, InRun(Path.Combine("videos", name)))
        : throw new ReverieException($"{name} is no picture");

    private IEnumerable<string> Names(string inside) =>
        folder.Entries(Path.Combine(run.Path, inside)).Select(file => file.Name);

    private static long Number(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private string PathOf(long updates, string end) => InRun(Path.Combine(
        RunDirectory.EvaluationFolder, updates.ToString("D9", CultureInfo.InvariantCulture) + end));

    private string InRun(string name) => folder.Find(Path.Combine(run.Id, name)) is { } path && File.Exists(path)
        ? path
        : throw new ReverieException($"{run.Id}: there is no {name}");

    private Episode ReadEpisode(string path) => Read(path, EpisodeArchive.Read);

    private T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            // What it is and where it lies is looked at here; the readers of npz know nothing of that.
            folder.Open(path, LargestFile).Dispose();
            return read(path);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ReverieException(folder.Told(fault), fault);
        }
    }
}
