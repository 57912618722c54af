using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>What is known of a task before an environment of it is made.</summary>
public sealed record TaskInfo
{
    private readonly IReadOnlyList<ObservationEntry>? entries;
    private readonly string? title;

    /// <summary>Name in the registry, such as <c>cartpole_swingup</c>.</summary>
    public required string Task { get; init; }

    /// <summary>What people are shown: for a task of a class library what the library calls it, not where the file
    /// lies; as <see cref="Task"/> unless it is set.</summary>
    public string Title { get => title ?? Task; init => title = value; }

    /// <summary>The family it belongs to.</summary>
    public required string Domain { get; init; }

    /// <summary>What there is to see; <c>model.encoder</c> asks for all of it or for a part. An image where the
    /// environment itself has none is drawn by its <see cref="IPictureSource"/>.</summary>
    public required Space ObservationSpace { get; init; }

    /// <summary>What the environment accepts; agents act in [−1, 1] or choose one-hot.</summary>
    public required Space ActionSpace { get; init; }

    /// <summary>Steps per decision unless the configuration says otherwise.</summary>
    public int ActionRepeat { get; init; } = 1;

    /// <summary>Environment steps of an episode; 0 where the environment ends its episodes alone.</summary>
    public int EpisodeSteps { get; init; }

    /// <summary>Seconds of the world's own time that a step takes; 0 where it has none.</summary>
    public double StepSeconds { get; init; }

    /// <summary>Camera of the pictures.</summary>
    public int Camera { get; init; }

    /// <summary>Whether pictures stay as they are, whatever <c>environment.picture</c> says: recorded ones.</summary>
    internal bool KeepsPictures { get; init; }

    /// <summary>Tells what the pictures are drawn with under a configuration; null where it is not known.</summary>
    public Func<EnvironmentConfig, GraphicsInfo>? Graphics { get; init; }

    /// <summary>What the vector observation is made of, in order; empty where nobody says. The vectors of a
    /// <see cref="NamedSpace"/> unless it is set.</summary>
    public IReadOnlyList<ObservationEntry> Observations
    {
        get => entries ?? [.. (ObservationSpace as NamedSpace)?.Vectors.Select(one => new ObservationEntry(one.Name, one.Box.Size)) ?? []];
        init => entries = value;
    }

    /// <summary>What each choice does, or each entry of a continuous action, in a word, for one group of them after the
    /// other; empty where nobody says.</summary>
    public IReadOnlyList<string> ActionNames { get; init; } = [];

    /// <summary>How the papers' agents met it; empty where they did not.</summary>
    public IReadOnlyList<AgentProtocol> Protocols { get; init; } = [];

    /// <summary>What agents are reported to reach on it, as a measure for one's own.</summary>
    public IReadOnlyList<PublishedScore> PublishedScores { get; init; } = [];

    /// <summary>What returns are measured by beside those of other tasks; null where nobody says.</summary>
    public ScoreScale? Scale { get; init; }

    /// <summary>What the code behind the task is known by where it is not part of this program, in words that change
    /// with it: the hash of a file, the version of a library. Kept in <c>run.json</c>; null for tasks of this
    /// program.</summary>
    public string? Origin { get; init; }

    /// <summary>All of <see cref="ObservationSpace"/>.</summary>
    public ObservationKind Observation => SpaceRule.VectorOf(ObservationSpace) is null ? ObservationKind.Pixels
        : SpaceRule.PictureOf(ObservationSpace) is null ? ObservationKind.Vector : ObservationKind.Both;

    /// <summary>Entries of the vector observation; 0 where there is none.</summary>
    public int VectorSize => SpaceRule.VectorOf(ObservationSpace)?.Size ?? 0;

    /// <summary>Entries of an action vector.</summary>
    public int ActionSize => ActionGroups.Of(ActionSpace).Size;

    /// <summary>Decisions of a full episode, the last one perhaps shorter; 0 where unknown.</summary>
    public int EpisodeDecisions => (EpisodeSteps + ActionRepeat - 1) / ActionRepeat;
}
