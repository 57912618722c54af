using Reverie.Environments;

namespace Reverie.Replay.Data;

/// <summary>What is in a folder of episodes.</summary>
public sealed record DataReport
{
    /// <summary>Where the files are.</summary>
    public required string Directory { get; init; }

    /// <summary>Files with the ending npz.</summary>
    public required int Files { get; init; }

    /// <summary>Rows of each episode that could be read, T + 1.</summary>
    public required IReadOnlyList<int> Lengths { get; init; }

    /// <summary>Undiscounted return of each.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    /// <summary>How many of them truly end, rather than by time.</summary>
    public required int Terminal { get; init; }

    /// <summary>What a row is made of; null where nothing could be read.</summary>
    public required EpisodeLayout? Layout { get; init; }

    /// <summary>What the vector is made of; empty where it has no names.</summary>
    public IReadOnlyList<ObservationEntry> Entries { get; init; } = [];

    /// <summary>Least value of each entry of the action.</summary>
    public required IReadOnlyList<float> ActionLow { get; init; }

    /// <summary>Largest value of each entry of the action.</summary>
    public required IReadOnlyList<float> ActionHigh { get; init; }

    /// <summary>How actions stand to observations: as asked, or as the data says; never
    /// <see cref="ActionPairing.Auto"/> unless it contradicts itself.</summary>
    public required ActionPairing Pairing { get; init; }

    /// <summary>Keys that are not used.</summary>
    public required IReadOnlyList<string> Unused { get; init; }

    /// <summary>What there is to know, errors first.</summary>
    public required IReadOnlyList<DataFinding> Findings { get; init; }

    /// <summary>Episodes that could be read.</summary>
    public int Episodes => Lengths.Count;

    /// <summary>Decisions in them.</summary>
    public long Decisions => Lengths.Sum(rows => (long)rows - 1);
}
