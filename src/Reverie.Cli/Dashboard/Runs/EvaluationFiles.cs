using System.Globalization;
using System.Text.RegularExpressions;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What the evaluations of a run left to be looked at; see <see cref="EvaluationRecord"/>.</summary>
/// <param name="folder">Opens nothing that lies outside.</param>
/// <param name="run">The run.</param>
internal sealed partial class EvaluationFiles(RunsFolder folder, WatchedRun run)
{
    private const long LargestFile = 1L << 30;

    /// <summary>What has files, ascending: each evaluation, of several tasks each of them, and which files it has.</summary>
    public IEnumerable<Entry> List()
    {
        var first = run.Facts.Word("task") is { } all && all.Contains(',', StringComparison.Ordinal)
            ? AssemblyTasks.ShortName(all.Split(',')[0].Trim()) : null;
        return Names(RunDirectory.EvaluationFolder).Select(name => NameParts().Match(name)).Where(name => name.Success)
            .GroupBy(name => name.Groups["at"].Value, name => name.Groups["end"].Value)
            .Select(group => (At: group.Key, Ends: group.ToHashSet(), Dash: group.Key.IndexOf('-', StringComparison.Ordinal)))
            .Select(one => new Entry(one.At, long.Parse(one.Dash < 0 ? one.At : one.At[..one.Dash], CultureInfo.InvariantCulture),
                one.Dash < 0 ? first : one.At[(one.Dash + 1)..], one.Ends.Contains(EvaluationRecord.EpisodeEnd),
                one.Ends.Contains(EvaluationRecord.DreamEnd), one.Ends.Contains(EvaluationRecord.ForesightEnd)))
            .OrderBy(entry => entry.Updates).ThenBy(entry => entry.At, StringComparer.Ordinal);
    }

    /// <summary>One evaluation's files of one task.</summary>
    /// <param name="At">What the files are asked for by: the updates as in their names, and the second and later of several tasks.
    /// </param>
    /// <param name="Updates">Before it.</param>
    /// <param name="Task">Its task; null where there is but one.</param>
    /// <param name="Episode">Whether there is an episode.</param>
    /// <param name="Dream">Whether there is a dream.</param>
    /// <param name="Foresight">Whether it is there what the agent looked ahead at.</param>
    internal sealed record Entry(string At, long Updates, string? Task, bool Episode, bool Dream, bool Foresight);

    /// <summary>What the entries of actions do; empty where nobody says.</summary>
    public IReadOnlyList<string> ActionNames => run.Facts.ActionNames;

    /// <summary>The episode of an evaluation.</summary>
    /// <param name="at">As <see cref="Entry.At"/>.</param>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode EpisodeAt(string at) => ReadEpisode(PathOf(at, EvaluationRecord.EpisodeEnd));

    /// <summary>A training episode by its file's name.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode Episode(string name) => EpisodeFile.TryParse(name) is not null
        ? ReadEpisode(InRun(Path.Combine("episodes", name)))
        : throw new ReverieException($"{name} is no name of an episode");

    /// <summary>The dream of an evaluation.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public DreamClip Dream(string at) => Read(PathOf(at, EvaluationRecord.DreamEnd), DreamClip.Read);

    /// <summary>What the agent looked ahead at.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public SeenForesight Foresight(string at) => Read(PathOf(at, EvaluationRecord.ForesightEnd), SeenForesight.Read);

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

    // An evaluation by its updates, with or without leading zeros, and by the task where it is not the first.
    private string PathOf(string at, string end) => AtParts().Match(at) is { Success: true } parts
        ? InRun(Path.Combine(RunDirectory.EvaluationFolder, parts.Groups["updates"].Value.PadLeft(9, '0') + parts.Groups["task"].Value + end))
        : throw new ReverieException($"{run.Id}: no evaluation is called {at}");

    [GeneratedRegex("^(?<updates>[0-9]{1,18})(?<task>-[A-Za-z0-9_-]+)?$")]
    private static partial Regex AtParts();

    [GeneratedRegex("^(?<at>[0-9]{1,18}(?:-[A-Za-z0-9_-]+)?)(?<end>-(?:episode|dream|foresight)[.]npz)$")]
    private static partial Regex NameParts();

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
