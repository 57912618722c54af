using System.Text.Json;

namespace Reverie.Environments.CarRacing;

/// <summary>What one seed gives, as the original recorded it, in Gymnasium's way and in gym's.</summary>
internal sealed record SeedFile
{
    public required ulong Seed { get; init; }

    public Outcome? V3 { get; init; }

    public Outcome? V0 { get; init; }

    /// <summary>Reads a file of many seeds.</summary>
    /// <exception cref="ReverieException">It cannot be read or is not of this format.</exception>
    internal static SeedFile[] Read(string path) => RecordedJson.Read<SeedFile[]>(path, Check);

    private static void Check(SeedFile[] seeds)
    {
        if (seeds.Length == 0)
            throw new JsonException("there is no seed in it");
        foreach (var outcome in seeds.SelectMany(seed =>
            seed is null ? throw new JsonException("a seed is null") : new[] { seed.V3, seed.V0 }))
            if (outcome is not null && (outcome.FirstPoint.Length, outcome.LastPoint.Length) != (4, 4))
                throw new JsonException("a point is not of length 4");
    }

    internal sealed record Outcome
    {
        public required int Attempts { get; init; }

        public double[] FirstDraws { get; init; } = [];

        public required int Tiles { get; init; }

        public int? Borders { get; init; }

        public int[]? VisitedAtStart { get; init; }

        public required double[] FirstPoint { get; init; }

        public required double[] LastPoint { get; init; }
    }
}
