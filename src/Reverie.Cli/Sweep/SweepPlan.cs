using Reverie.Configuration;
using Reverie.Runs;

namespace Reverie.Cli.Sweep;

/// <summary>What is to be run, and where.</summary>
/// <param name="Folder">folder of the sweep, in which each run has its own</param>
/// <param name="Parts">blocks of runs, in their order</param>
internal sealed record SweepPlan(string Folder, IReadOnlyList<SweepPart> Parts)
{
    /// <summary>Episodes of the test at the end of each run, unless the sweep says another number.</summary>
    public const int TestEpisodes = 10;

    private const int MostRuns = 100_000;

    /// <summary>All runs, in order.</summary>
    /// <exception cref="ReverieException">something in the plan is wrong, two runs would have one folder, or what is
    /// there is another run; nothing was changed</exception>
    public IReadOnlyList<SweepRun> Runs()
    {
        var count = Parts.Sum(part => part.Set.Aggregate((double)part.Tasks.Count * part.Seeds.Count,
            (runs, swept) => runs * swept.Values.Count));
        if (count > MostRuns)
            throw new ReverieException($"this sweep has {count:0} runs, the most are {MostRuns}; make several of it");
        SweepRun[] runs = [.. Parts.SelectMany(part => part.Runs(Folder))];
        if (runs.GroupBy(run => run.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ReverieException($"{Folder}: two runs would have the name {twice.Key}; give parts that differ in "
                + "a setting alone one `set` with both values, or sweeps of their own");
        foreach (var run in runs)
            if (StoredConfig(run) is { } stored)
                ConfigDifference.DemandResumable(run.Folder, stored, run.Resolved.Config);
        return runs;
    }

    /// <summary>The settings that a run was begun with; null where it was not begun.</summary>
    public static Config? StoredConfig(SweepRun run)
    {
        var path = Path.Combine(run.Folder, RunDirectory.ConfigFile);
        return File.Exists(path) ? ConfigReader.ReadResolved(path) : null;
    }
}
