namespace Reverie.Replay.Data;

/// <summary>
/// A folder of somebody's episodes, one npz each: those of this program, or of PlaNet and the Dreamers. Nothing in it
/// is changed.
/// </summary>
public sealed class DataFolder
{
    private const string Pattern = "*.npz", Episodes = "episodes", Ranks = "ranks";

    private readonly string[] files;
    private readonly ActionPairing asked;

    /// <summary>Lists a folder; of a run directory, its <c>episodes</c> and those of its other ranks.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="pairing">Which action stands on a row.</param>
    /// <exception cref="DataException">There is no such folder, it cannot be read, or there are no episodes in it.
    /// </exception>
    public DataFolder(string directory, ActionPairing pairing = ActionPairing.Auto)
    {
        asked = pairing;
        if (!System.IO.Directory.Exists(directory))
            throw new DataException($"{directory}: there is no such folder");
        var inner = Path.Combine(directory, Episodes);
        try
        {
            var isRun = System.IO.Directory.Exists(inner) && List(directory).Length == 0;
            (Directory, files) = isRun ? (inner, [.. List(inner), .. ListOfOthers(directory)]) : (directory, List(directory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{directory}: cannot be read: {error.Message}", error);
        }
        if (files.Length == 0)
            throw new DataException($"{directory}: there are no episodes: no file ends in .npz");
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>Reads every file once and tells what is in them and what is wrong.</summary>
    public DataReport Check()
    {
        var tally = new DataTally(Directory, files.Length, asked);
        foreach (var path in files)
            tally.Add(OneLine.Of(Path.GetFileName(path)), DataFile.Read(path));
        return tally.Report();
    }

    /// <summary>As <see cref="Check"/>, for those who mean to learn from it.</summary>
    /// <exception cref="DataException">Something is wrong; the line has the first finding.</exception>
    public DataReport Demand() => Demanded(Check());

    /// <summary>The report, where nothing in it is wrong.</summary>
    internal DataReport Demanded(DataReport report)
    {
        var errors = report.Findings.Where(finding => finding.IsError).ToArray();
        if (errors.Length > 0)
            throw new DataException($"{Directory}: {errors[0].ToString()["error: ".Length..]}"
                + (errors.Length > 1 ? $" (and {errors.Length - 1} more; `reverie data check` lists all)" : ""));
        return report;
    }

    /// <summary>Reads the episodes one after another, in the order of their names.</summary>
    /// <param name="report">What <see cref="Demand"/> told of them.</param>
    /// <param name="wanted">What of them is taken.</param>
    /// <exception cref="DataException">They have something else, or a file changed meanwhile.</exception>
    public IEnumerable<Episode> Read(DataReport report, EpisodeLayout wanted)
    {
        var there = report.Layout!;
        if (FaultOfFit(report, wanted) is { } misfit) throw new DataException($"{Directory}: {misfit}");
        foreach (var path in files)
        {
            var file = DataFile.Read(path);
            yield return file.IsWhole && file.Layout with { OneHot = there.OneHot, Groups = there.Groups } == there
                ? file.ToEpisode(report.Pairing, wanted)
                : throw new DataException($"{path}: changed while it was used");
        }
    }

    /// <summary>What is wrong where the episodes have something else than is to be taken of them, or null.</summary>
    internal static string? FaultOfFit(DataReport report, EpisodeLayout wanted)
    {
        var there = report.Layout!;
        return there with { Image = wanted.Image is null ? null : there.Image,
            VectorSize = wanted.VectorSize == 0 ? 0 : there.VectorSize } == wanted ? null
            : $"holds {there}, but the agent is to learn from {wanted}; choose the task or model.encoder accordingly";
    }

    private static IEnumerable<string> ListOfOthers(string run) =>
        Path.Combine(run, Ranks) is var ranks && System.IO.Directory.Exists(ranks)
            ? System.IO.Directory.GetDirectories(ranks).Order(StringComparer.Ordinal)
                .Select(rank => Path.Combine(rank, Episodes)).Where(System.IO.Directory.Exists).SelectMany(List)
            : [];

    private static string[] List(string directory) =>
        [.. System.IO.Directory.GetFiles(directory, Pattern).Order(StringComparer.Ordinal)];
}
