using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reverie.Environments.CarRacing;

/// <summary>A recorded race: actions, and the state after each.</summary>
internal sealed record RaceFile
{
    /// <summary>Name of the track's file, beside this one.</summary>
    public required string Track { get; init; }

    public required double[][] Actions { get; init; }

    public required StartRow Start { get; init; }

    public required Columns After { get; init; }

    public Ends? FirstTrue { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ReverieException">It cannot be read or is not of this format.</exception>
    internal static RaceFile Read(string path) => RecordedJson.Read<RaceFile>(path, file => file.Check());

    private void Check()
    {
        var count = Actions.Length;
        RecordedJson.CheckRows("actions", Actions, count, 3);
        foreach (var (name, rows, width) in new[]
        {
            ("hull", After.Hull, 6), ("omega", After.Omega, 4), ("joint", After.Joint, 4), ("tiles", After.Tiles, 4),
            ("phase", After.Phase, 4),
        })
            RecordedJson.CheckRows("after." + name, rows, count, width);
        foreach (var (name, length) in new[]
        {
            ("reward", After.Reward.Length), ("gas", After.Gas.Length), ("brake", After.Brake.Length),
            ("visited", After.Visited.Length), ("fresh", After.Fresh.Length),
        })
            if (length != count)
                throw new JsonException($"after.{name} has {length} rows and actions {count}");
        CheckWheels("after.wheel", After.Wheel, count, 3);
        CheckWheels("after.force", After.Force, count, 2);
        RecordedJson.CheckRows("start", [Start.Omega, Start.Joint, Start.Tiles], 3, 4);
        RecordedJson.CheckRows("start.hull", [Start.Hull], 1, 6);
        CheckWheels("start.wheel", [Start.Wheel], 1, 3);
    }

    private static void CheckWheels(string name, double[][][] rows, int count, int width)
    {
        if (rows.Length != count)
            throw new JsonException($"{name} has {rows.Length} rows and actions {count}");
        foreach (var wheels in rows)
            RecordedJson.CheckRows(name, wheels ?? [], 4, width);
    }

    /// <summary>The state after the reset.</summary>
    internal sealed record StartRow
    {
        public required double[] Hull { get; init; }

        public required double[] Omega { get; init; }

        public required double[] Joint { get; init; }

        public required double[] Tiles { get; init; }

        public required int Visited { get; init; }

        public required double[][] Wheel { get; init; }

        public required double PendingReward { get; init; }

        public required int[] Fresh { get; init; }
    }

    /// <summary>One row per action.</summary>
    internal sealed record Columns
    {
        public required double[] Reward { get; init; }

        public required double[][] Hull { get; init; }

        public required double[][] Omega { get; init; }

        public required double[] Gas { get; init; }

        public required double[] Brake { get; init; }

        public required double[][] Joint { get; init; }

        public required double[][] Tiles { get; init; }

        public required int[] Visited { get; init; }

        public required int[][] Fresh { get; init; }

        public required double[][] Phase { get; init; }

        public required double[][][] Wheel { get; init; }

        public required double[][][] Force { get; init; }
    }

    /// <summary>The first step that ends the episode, or null.</summary>
    internal sealed record Ends
    {
        [JsonPropertyName("terminated_v3")]
        public int? TerminatedV3 { get; init; }

        [JsonPropertyName("done_v0")]
        public int? DoneV0 { get; init; }
    }
}
