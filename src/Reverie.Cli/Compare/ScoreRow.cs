using System.Text.Json.Serialization;
using Reverie.Logging;

namespace Reverie.Cli.Compare;

/// <summary>A line of the comparison: a group of one's own runs, or what somebody reports.</summary>
/// <param name="Group">the group's name, or the agent</param>
/// <param name="Runs">how many runs; 0 for what is reported</param>
/// <param name="EnvSteps">environment steps at the last record, the fewest of the group; 0 where unknown</param>
/// <param name="MaxEnvSteps">the most of the group</param>
/// <param name="Mean">mean score</param>
/// <param name="Std">standard deviation over the runs, divided by n; not a number of one, or where not reported</param>
/// <param name="Median">median; not a number where not reported</param>
/// <param name="Iqm">interquartile mean</param>
/// <param name="Low">lower end of its 95 % bootstrap interval</param>
/// <param name="High">upper end</param>
/// <param name="Source">who reports it; empty for one's own runs</param>
internal sealed record ScoreRow(string Group, int Runs, long EnvSteps, long MaxEnvSteps, double Mean, double Std,
    double Median, double Iqm, double Low, double High, string Source)
{
    /// <summary>Whether it is what somebody else reports.</summary>
    [JsonIgnore]
    public bool IsPublished => Source.Length > 0;

    /// <summary>One line a group, in the order in which they came, then what is published.</summary>
    /// <param name="chosen">the runs</param>
    /// <param name="last">records at the end of a run whose mean is its score</param>
    /// <exception cref="ReverieException">a run has no such records</exception>
    public static IReadOnlyList<ScoreRow> Of(ChosenRuns chosen, int last)
    {
        var scores = chosen.Each.Select(run => FinalScore.Of(run, chosen.Metric, chosen.Kind, last)).ToArray();
        var manyTasks = scores.Select(score => score.Task).Distinct().Count() > 1;
        return
        [
            .. chosen.Grouped.Zip(scores).GroupBy(pair => pair.First.Name, pair => pair.Second)
                .Select(group => Own(group.Key, [.. group])),
            .. chosen.Published.Select(one => new ScoreRow(
                (manyTasks ? $"{one.Task.Task}: " : "") + ChosenRuns.NameOf(one.Score), 0, one.Score.EnvSteps,
                one.Score.EnvSteps, one.Score.Score, one.Score.Deviation ?? double.NaN, double.NaN, double.NaN,
                double.NaN, double.NaN, one.Score.Source)),
        ];
    }

    private static ScoreRow Own(string name, FinalScore[] group)
    {
        var sum = ScoreSummary.Of([.. group.Select(one => one.Score)]);
        return new ScoreRow(name, group.Length, group.Min(one => one.EnvSteps), group.Max(one => one.EnvSteps),
            sum.Mean, group.Length > 1 ? sum.Std : double.NaN, sum.Median, sum.InterquartileMean,
            sum.Low, sum.High, "");
    }
}
