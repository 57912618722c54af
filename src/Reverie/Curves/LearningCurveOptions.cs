namespace Reverie.Curves;

/// <summary>What a learning curve shows, and how large.</summary>
public sealed record LearningCurveOptions
{
    /// <summary>The value drawn; the band comes from the same name with <c>_min</c> and <c>_max</c>, or <c>_std</c>.
    /// </summary>
    public string Metric { get; init; } = "return";

    /// <summary>The kind of record whose values make the strong line.</summary>
    public string Kind { get; init; } = "evaluation";

    /// <summary>The kind of record whose values make the faint line; null for none.</summary>
    public string? FaintKind { get; init; } = "episode";

    /// <summary>The horizontal axis.</summary>
    public CurveAxis X { get; init; } = CurveAxis.EnvSteps;

    /// <summary>The band: over an evaluation's episodes for one run, over the runs for several of one name.</summary>
    public CurveBand Band { get; init; } = CurveBand.MinMax;

    /// <summary>How much of a point comes from the points before it, from 0, none, to below 1: an exponential average
    /// that counts only the points there are, so that it starts at the first one. Band and faint lines are smoothed
    /// alike, each run before the mean over runs is taken.</summary>
    public double Smoothing { get; init; }

    /// <summary>Heights to compare with, published scores for one, drawn as dashed lines with their names.</summary>
    public IReadOnlyList<CurveReference> References { get; init; } = [];

    /// <summary>Whether each task has a picture of its own, side by side; runs of one name have one colour in all of
    /// them.</summary>
    public bool PanelPerTask { get; init; }

    /// <summary><see cref="References"/> by task, where each has a picture of its own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<CurveReference>> TaskReferences { get; init; } =
        new Dictionary<string, IReadOnlyList<CurveReference>>();

    /// <summary>The line above the picture; null for the run's name, or the metric's where there are several.</summary>
    public string? Title { get; init; }

    /// <summary>Pixels across, at least 320; of one panel where there are several. A PNG has two for each, so that it is
    /// sharp on dense screens.</summary>
    public int Width { get; init; } = 960;

    /// <summary>Pixels down, at least 200; of one panel where there are several, and twice as many in a PNG.</summary>
    public int Height { get; init; } = 560;
}
