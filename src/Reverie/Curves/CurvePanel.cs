namespace Reverie.Curves;

/// <summary>One picture of a plot: the runs of a task, or all.</summary>
/// <param name="Series">What is drawn.</param>
/// <param name="Options">How.</param>
/// <param name="Colors">Number of the colour of each series.</param>
internal sealed record CurvePanel(List<CurveSeries> Series, LearningCurveOptions Options, IReadOnlyList<int> Colors)
{
    /// <summary>The pictures of some runs, in the order of first appearance.</summary>
    public static IEnumerable<CurvePanel> Of(IReadOnlyList<CurveRun> runs, LearningCurveOptions options)
    {
        string[] names = [.. runs.Select(run => run.Name).Distinct()];
        return runs.GroupBy(run => options.PanelPerTask ? run.Task : null).Select(task =>
        {
            List<CurveSeries> series = CurveSeries.Of([.. task], options);
            return new CurvePanel(series, task.Key is not { } name ? options : options with
            {
                Title = name, References = options.TaskReferences.GetValueOrDefault(name, []),
            }, [.. series.Select(one => Array.IndexOf(names, one.Name))]);
        });
    }
}
