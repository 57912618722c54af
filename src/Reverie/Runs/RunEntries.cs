using Reverie.Logging;

namespace Reverie.Runs;

/// <summary>The names in a run directory.</summary>
internal static class RunEntries
{
    private const string Aside = "before-";

    /// <summary>Name of what an exported run says of its environment.</summary>
    public const string PolicyFile = "policy.json";

    /// <summary>What a run has recorded and goes on from.</summary>
    public static IReadOnlyList<string> Work { get; } = ["episodes", JsonLinesSink.FileName, "encodings"];

    private static readonly string[] Folders =
    [
        "episodes", "encodings", RunDirectory.CheckpointFolder, RunDirectory.EvaluationFolder, "videos", "failure",
    ];

    private static readonly string[] All =
        [.. Folders, JsonLinesSink.FileName, RunDirectory.ConfigFile, "run.json", "offline.json", PolicyFile, "unsaved", .. RankShards.Entries];

    /// <summary>Complains of something else that stands where the run has a folder.</summary>
    /// <exception cref="DataException">So it is.</exception>
    public static void DemandFolders(string run)
    {
        var wrong = Directory.EnumerateFileSystemEntries(run)
            .FirstOrDefault(path => Folders.Contains(Path.GetFileName(path)) && !Directory.Exists(path));
        if (wrong is not null)
            throw new DataException($"{wrong}: is no folder; move it away, choose another --run, or begin this one anew "
                + "with --restart");
    }

    /// <summary>Moves what there is of a run into the folder <c>before-1</c> in its directory, or the next number that
    /// is free. What is none of a run's stays.</summary>
    /// <exception cref="IOException">The disk or its permissions refuse.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void SetAside(string run)
    {
        string[] there = [.. Directory.GetFileSystemEntries(run).Where(path => IsPart(Path.GetFileName(path)))];
        if (there.Length == 0)
            return;
        var aside = Enumerable.Range(1, int.MaxValue).Select(n => Path.Combine(run, $"{Aside}{n}"))
            .First(path => !Path.Exists(path));
        Directory.CreateDirectory(aside);
        // The settings go last: what is left of an interrupted move is a run that can be moved again.
        foreach (var path in there.OrderBy(path => Path.GetFileName(path) == RunDirectory.ConfigFile))
            Directory.Move(path, Path.Combine(aside, Path.GetFileName(path)));
    }

    private static bool IsPart(string name) =>
        All.Contains(name) || name.StartsWith("events.out.tfevents.", StringComparison.Ordinal);
}
