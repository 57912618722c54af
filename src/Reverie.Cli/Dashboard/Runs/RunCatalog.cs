using System.Collections.Concurrent;
using Reverie.Cli.Records;
using Reverie.Logging;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>
/// All runs of a folder. Asking again costs a look at each file's time and length; only what changed is read.
/// </summary>
internal sealed class RunCatalog(RunsFolder folder)
{
    private const int Deepest = 4, MostThreads = 4;
    private static readonly string[] SignsOfARun = [RunFacts.ConfigFile, JsonLinesSink.FileName, RunFacts.MachineFile];

    private readonly ConcurrentDictionary<string, WatchedRun> known = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public RunsFolder Folder => folder;

    /// <summary>Lists the runs, those with the latest signs of life first.</summary>
    public IReadOnlyList<RunSummary> List()
    {
        var running = RunningRuns.Find();
        var found = Directories(folder.Path, ".", 0, null).ToArray();
        foreach (var gone in known.Keys.Except(found.Select(pair => pair.Id)))
            known.TryRemove(gone, out _);
        var runs = new RunSummary?[found.Length];
        // This thread works too, so that it goes on however busy the others are.
        Parallel.For(0, found.Length, new() { MaxDegreeOfParallelism = MostThreads }, i =>
            runs[i] = Watched(found[i].Id, found[i].Path).Summarise(running) is { } run
                ? run with { Sweep = found[i].Sweep } : null);
        return [.. runs.OfType<RunSummary>().OrderByDescending(run => run.Changed)];
    }

    /// <summary>One run by its <see cref="RunSummary.Id"/>.</summary>
    /// <exception cref="ReverieException">There is none, or not any longer.</exception>
    public WatchedRun Find(string? id)
    {
        // A name that was never listed may still be one, so that a link to a run works in a page that was just opened.
        if (id is not null && folder.Find(id) is { } path && IsRun(path) && NameOf(path) == id)
            return Watched(id, path);
        throw new ReverieException($"there is no run {id} here, or not any longer");
    }

    private WatchedRun Watched(string id, string path) => known.GetOrAdd(id, _ => new WatchedRun(folder, id, path));

    private string NameOf(string path) => Path.GetRelativePath(folder.Path, path);

    private static bool IsRun(string path) => SignsOfARun.Any(name => File.Exists(Path.Combine(path, name)));

    private IEnumerable<(string Id, string Path, string? Sweep)> Directories(string path, string id, int depth, string? sweep)
    {
        if (IsRun(path))
        {
            yield return (id, path, sweep);
            yield break;
        }
        if (depth == Deepest)
            yield break;
        if (SweepFolder.IsIn(path))
            sweep = depth == 0 ? Path.GetFileName(folder.Path) : id;
        foreach (var inner in folder.Entries(path).OfType<DirectoryInfo>())
        {
            // A link is another name of what it leads to, which is listed under its own.
            if (inner.LinkTarget is not null || inner.Name.StartsWith('.'))
                continue;
            var name = depth == 0 ? inner.Name : $"{id}/{inner.Name}";
            foreach (var run in Directories(inner.FullName, name, depth + 1, sweep))
                yield return run;
        }
    }
}
