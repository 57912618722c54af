using System.Globalization;
using Reverie.Replay;
using Reverie.Torch.IO;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What the evaluations of a run left to be looked at; see <see cref="EvaluationRecord"/>.</summary>
/// <param name="folder">Opens nothing that lies outside.</param>
/// <param name="run">The run.</param>
internal sealed class EvaluationFiles(RunsFolder folder, WatchedRun run)
{
    /// <summary>Updates before each evaluation that has files, ascending, and which it has.</summary>
    public IEnumerable<Entry> List()
    {
        var path = Path.Combine(run.Path, EvaluationRecord.Folder);
        if (!Directory.Exists(path))
            return [];
        return Directory.EnumerateFiles(path, "*.npz").Select(Path.GetFileName)
            .Select(name => (Name: name!, Dash: name!.IndexOf('-', StringComparison.Ordinal)))
            .Where(file => file.Dash > 0 && Number(file.Name[..file.Dash]) >= 0)
            .GroupBy(file => Number(file.Name[..file.Dash]), file => file.Name[file.Dash..])
            .OrderBy(group => group.Key)
            .Select(group => new Entry(group.Key, group.Contains(EvaluationRecord.EpisodeEnd),
                group.Contains(EvaluationRecord.DreamEnd), group.Contains(EvaluationRecord.ForesightEnd)));
    }

    /// <summary>One evaluation's files.</summary>
    internal sealed record Entry(long Updates, bool Episode, bool Dream, bool Foresight);

    /// <summary>The episode of an evaluation.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode Episode(long updates) => ReadEpisode(PathOf(updates, EvaluationRecord.EpisodeEnd));

    /// <summary>A training episode by its file's name.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Episode Episode(string name) => EpisodeFile.TryParse(name) is not null
        ? ReadEpisode(InRun(Path.Combine("episodes", name)))
        : throw new ReverieException($"{name} is no name of an episode");

    /// <summary>Arrays of a dream.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Dictionary<string, NpyArray> Dream(long updates) => ReadArrays(PathOf(updates, EvaluationRecord.DreamEnd));

    /// <summary>Arrays of what the agent looked ahead at.</summary>
    /// <exception cref="ReverieException">It is not there, or damaged.</exception>
    public Dictionary<string, NpyArray> Foresight(long updates) =>
        ReadArrays(PathOf(updates, EvaluationRecord.ForesightEnd));

    /// <summary>Training episodes, newest first.</summary>
    public IEnumerable<EpisodeFile> Episodes()
    {
        var path = Path.Combine(run.Path, "episodes");
        return !Directory.Exists(path) ? []
            : Directory.EnumerateFiles(path).Select(file => EpisodeFile.TryParse(Path.GetFileName(file)))
                .OfType<EpisodeFile>().OrderByDescending(file => file.Number);
    }

    /// <summary>Pictures and animations that <c>reverie dream</c> made, newest first.</summary>
    public IEnumerable<string> Videos()
    {
        var path = Path.Combine(run.Path, "videos");
        return !Directory.Exists(path) ? []
            : new DirectoryInfo(path).EnumerateFiles().Where(file => file.Extension is ".gif" or ".png")
                .OrderByDescending(file => file.LastWriteTimeUtc).Select(file => file.Name);
    }

    /// <summary>Path of one of <see cref="Videos"/>.</summary>
    /// <exception cref="ReverieException">It is not there.</exception>
    public string Video(string name) => Path.GetExtension(name) is ".gif" or ".png"
        ? InRun(Path.Combine("videos", name))
        : throw new ReverieException($"{name} is no picture");

    private static long Number(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private string PathOf(long updates, string end) => InRun(Path.Combine(
        EvaluationRecord.Folder, updates.ToString("D9", CultureInfo.InvariantCulture) + end));

    private string InRun(string name) => folder.Find(Path.Combine(run.Id, name)) is { } path && File.Exists(path)
        ? path
        : throw new ReverieException($"{run.Id}: there is no {name}");

    private static Episode ReadEpisode(string path) => Read(() => EpisodeArchive.Read(path));

    private static Dictionary<string, NpyArray> ReadArrays(string path) => Read(() => Npz.Read(path));

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException damage)
        {
            throw new ReverieException(damage.Message, damage);
        }
    }
}
