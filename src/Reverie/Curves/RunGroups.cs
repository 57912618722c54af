using System.Text.RegularExpressions;
using Reverie.Configuration;

namespace Reverie.Curves;

/// <summary>Gives runs of one setting one name, so that they are drawn and summed up together. Runs of several tasks never
/// get one name: returns of tasks have scales of their own, and a mean over them says nothing.</summary>
public static partial class RunGroups
{
    /// <summary>Names each run by its values of some keys (<c>agent=dreamer, model.deter=200</c>).</summary>
    /// <param name="runs">The runs, with their settings.</param>
    /// <param name="keys">Keys of the configuration; none for the directories' names less a final
    /// <c>-seedN</c>.</param>
    /// <exception cref="ConfigurationException">There is no such key, or a run whose settings are not known.</exception>
    public static IReadOnlyList<CurveRun> By(IReadOnlyList<CurveRun> runs, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
            return runs.Count == 1 ? runs
                : TaskByTask([.. runs.Select(run => run with { Name = Seed().Replace(run.Name, "") })]);
        foreach (string key in keys)
            if (!Settings.Keys.Contains(key) && !runs.Any(run => run.Settings.ContainsKey(key)))
                throw new ConfigurationException($"there is no key {key} to group by{Settings.Hint(key)}");
        return TaskByTask(
            [.. runs.Select(run => run with { Name = string.Join(", ", keys.Select(key => Label(run, key))) })]);
    }

    /// <summary>Names that say nothing of the task, for who looks at each task by itself and at one setting over all of
    /// them: directories' names less <c>-seedN</c> and less the task in front, or the values of the keys but
    /// <c>task</c>.</summary>
    /// <inheritdoc cref="By"/>
    public static IReadOnlyList<CurveRun> AcrossTasks(IReadOnlyList<CurveRun> runs, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
            return [.. runs.Select(run => run with { Name = WithoutTask(Seed().Replace(run.Name, ""), run.Task) })];
        string[] others = [.. keys.Where(key => key != "task")];
        return others.Length == 0 ? [.. runs.Select(run => run with { Name = "all" })]
            : [.. By(runs, others).Zip(runs).Select(pair => pair.First with
                { Name = string.Join(", ", others.Select(key => Label(pair.Second, key))) })];
    }

    private static string WithoutTask(string name, string? task) =>
        task is not null && name.StartsWith(task + "-", StringComparison.Ordinal) ? name[(task.Length + 1)..] : name;

    private static CurveRun[] TaskByTask(CurveRun[] named)
    {
        HashSet<string> mixed = [.. named.GroupBy(run => run.Name)
            .Where(group => group.Select(run => run.Task).Distinct().Count() > 1).Select(group => group.Key)];
        return Array.ConvertAll(named,
            run => mixed.Contains(run.Name) ? run with { Name = $"{run.Name}, task={run.Task ?? "(unknown)"}" } : run);
    }

    private static string Label(CurveRun run, string key)
    {
        if (run.Settings.Count == 0)
            throw new ConfigurationException($"{run.Name} has no config.yaml, so it cannot be grouped by {key}");
        // A run of before the key was there has no value of it, which is a group of its own.
        return $"{key}={run.Settings.GetValueOrDefault(key, "(none)")}";
    }

    [GeneratedRegex(@"-seed\d+$")]
    private static partial Regex Seed();
}
