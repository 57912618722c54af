using System.Globalization;
using Reverie.Curves;
using Reverie.Environments;

namespace Reverie.Cli.Compare;

/// <summary>Runs that are set beside each other, and what of them.</summary>
/// <param name="Each">The runs under their own names.</param>
/// <param name="Grouped">The same, named by their groups.</param>
/// <param name="Metric">What is looked at.</param>
/// <param name="Kind">Records it is taken from.</param>
/// <param name="Published">What others report on their tasks.</param>
/// <param name="Options">How curves are drawn.</param>
internal sealed record ChosenRuns(IReadOnlyList<CurveRun> Each, IReadOnlyList<CurveRun> Grouped, string Metric,
    string Kind, IReadOnlyList<(TaskInfo Task, PublishedScore Score)> Published, LearningCurveOptions Options)
{
    /// <summary>What is looked at unless something else is named.</summary>
    public const string Return = "return";

    /// <summary>Draws them, a picture a task; published scores as dashed lines.</summary>
    /// <exception cref="ReverieException">There is nothing to draw, or the file cannot be written.</exception>
    public void Draw(string path)
    {
        var references = Published.GroupBy(one => one.Task.Task).ToDictionary(task => task.Key, task =>
            (IReadOnlyList<CurveReference>)
                [.. task.Select(one => new CurveReference(Label(one.Score), one.Score.Score))]);
        LearningCurve.Write(path, Grouped, Options with
        {
            References = Options.PanelPerTask ? [] : references.GetValueOrDefault(Each[0].Task ?? "", []),
            TaskReferences = references,
        });
    }

    /// <summary><c>Dreamer 1M: 855</c>.</summary>
    internal static string Label(PublishedScore score) =>
        $"{score.Agent}{(score.EnvSteps > 0 ? " " : "")}{Steps(score.EnvSteps)}: "
        + score.Score.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary><c>Dreamer, 1M steps</c>.</summary>
    internal static string NameOf(PublishedScore score) =>
        score.EnvSteps > 0 ? $"{score.Agent}, {Steps(score.EnvSteps)} steps" : score.Agent;

    private static string Steps(long steps) => steps == 0 ? ""
        : steps % 1_000_000 == 0 ? $"{steps / 1_000_000}M" : $"{steps / 1000}k";
}
