using Reverie.Curves;
using Reverie.Environments;

namespace Reverie.Cli.Compare;

/// <summary>
/// What groups of runs came to, task by task. Returns of several tasks are never put together as they are: where tasks
/// are summed up, each is first measured on its own scale.
/// </summary>
internal sealed class Comparison
{
    /// <summary>Runs of a task below which no interquartile mean and no interval is told.</summary>
    public const int FewestRuns = 3;

    /// <summary>Sums up.</summary>
    /// <param name="chosen">the runs, named by groups that say nothing of the task</param>
    /// <param name="last">records at the end of a run whose mean is its score</param>
    /// <param name="reference">agent whose published score is each task's reference; null for the task's own</param>
    /// <exception cref="ReverieException">a run has no such records</exception>
    public Comparison(ChosenRuns chosen, int last, string? reference)
    {
        var scored = chosen.Grouped.Zip(chosen.Each, (grouped, run) =>
            (Group: grouped.Name, Score: FinalScore.Of(run, chosen.Metric, chosen.Kind, last))).ToArray();
        Groups = [.. scored.Select(one => one.Group).Distinct()];
        Tasks = [.. scored.Select(one => one.Score.Task).Distinct()];
        var isReturn = chosen.Metric == ChosenRuns.Return;
        var rows = new List<ScoreRow>();
        foreach (var task in Tasks)
        {
            var scale = isReturn ? ScaleOf(task, reference) : null;
            rows.AddRange(scored.Where(one => one.Score.Task == task).GroupBy(one => one.Group, one => one.Score)
                .Select(group => Own(task, group.Key, [.. group], scale)));
            rows.AddRange(chosen.Published.Where(one => one.Task.Task == task)
                .Select(one => Reported(one.Task, one.Score, scale)));
        }
        Rows = rows;
        Sums = Tasks.Count > 1 ? [.. Groups.Select(Sum).OfType<SummedRow>()] : [];
        Improvements = [.. from i in Enumerable.Range(0, Groups.Count)
                           from j in Enumerable.Range(i + 1, Groups.Count - i - 1)
                           let one = Better(Groups[i], Groups[j])
                           where one is not null
                           select one];
    }

    /// <summary>Names of one's own groups, in order.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>The tasks, in order; null for one that runs do not say.</summary>
    public IReadOnlyList<string?> Tasks { get; }

    /// <summary>Task by task: one's own groups, then what is published at the same environment steps.</summary>
    public IReadOnlyList<ScoreRow> Rows { get; }

    /// <summary>Each group over its tasks; empty where there is one task.</summary>
    public IReadOnlyList<SummedRow> Sums { get; }

    /// <summary>Each pair of groups that have <see cref="FewestRuns"/> runs on a common task.</summary>
    public IReadOnlyList<ImprovementRow> Improvements { get; }

    /// <summary>Tasks without a scale, which are in no sum.</summary>
    public IReadOnlyList<string> Unscaled => Tasks.Count > 1
        ? [.. Rows.Where(row => row.Scale is null).Select(row => row.Task ?? "(unknown)").Distinct()] : [];

    private static ScoreScale? ScaleOf(string? task, string? reference)
    {
        if (task is null || EnvironmentRegistry.Known(task) is not { } info)
            return null;
        if (reference is null || info.Scale is not { } scale)
            return info.Scale;
        // The most that is reported of it, whatever the steps: a reference is no rival.
        var best = info.PublishedScores
            .Where(score => string.Equals(score.Agent, reference, StringComparison.OrdinalIgnoreCase))
            .MaxBy(score => score.EnvSteps);
        return best is null || best.Score <= scale.Random ? null
            : new ScoreScale(scale.Random, best.Score, $"{ChosenRuns.NameOf(best)}: {best.Source}");
    }

    private static ScoreRow Own(string? task, string group, FinalScore[] runs, ScoreScale? scale)
    {
        double[] scores = [.. runs.Select(run => run.Score)];
        var (sum, many) = (ScoreSummary.Of(scores), runs.Length >= FewestRuns);
        return new ScoreRow(task, group, runs.Length, runs.Min(run => run.EnvSteps), runs.Max(run => run.EnvSteps),
            sum.Mean, runs.Length > 1 ? sum.Std : double.NaN, sum.Median, many ? sum.InterquartileMean : double.NaN,
            many ? sum.Low : double.NaN, many ? sum.High : double.NaN, scale?.Of(sum.Mean) ?? double.NaN, "")
        {
            Scores = scores, Scale = scale,
        };
    }

    private static ScoreRow Reported(TaskInfo task, PublishedScore score, ScoreScale? scale) => new(
        task.Task, score.Agent, 0, score.EnvSteps, score.EnvSteps, score.Score, score.Deviation ?? double.NaN,
        double.NaN, double.NaN, double.NaN, double.NaN, scale?.Of(score.Score) ?? double.NaN, score.Source)
    {
        Scale = scale,
    };

    private SummedRow? Sum(string group)
    {
        ScoreRow[] rows = [.. Rows.Where(row => !row.IsPublished && row.Group == group && row.Scale is not null)];
        if (rows.Length == 0) return null;
        double[] scores = [.. rows.SelectMany(row => row.Scores.Select(row.Scale!.Of))];
        string[] strata = [.. rows.SelectMany(row => Enumerable.Repeat(row.Task!, row.Scores.Count))];
        double[] means = [.. rows.Select(row => row.Normalised)];
        var many = rows.All(row => row.Runs >= FewestRuns);
        var all = ScoreSummary.Of(scores, strata);
        return new SummedRow(group, rows.Length, scores.Length, means.Average(), ScoreSummary.Of(means).Median,
            many ? all.InterquartileMean : double.NaN, many ? all.Low : double.NaN, many ? all.High : double.NaN);
    }

    private ImprovementRow? Better(string one, string other)
    {
        var pairs = (from a in Rows
                     join b in Rows on a.Task equals b.Task
                     where !a.IsPublished && !b.IsPublished && a.Group == one && b.Group == other
                         && a.Runs >= FewestRuns && b.Runs >= FewestRuns
                     select (a.Scores.ToArray(), b.Scores.ToArray())).ToArray();
        if (pairs.Length == 0) return null;
        var probability = ImprovementProbability.Of(pairs);
        return new ImprovementRow(one, other, pairs.Length, probability.Value, probability.Low, probability.High);
    }
}
