using System.Text.Json;

namespace Reverie.Environments.CarRacing;

/// <summary>A recorded track: the draws of every attempt and what the original made of them.</summary>
internal sealed record TrackFile
{
    public required double[][] Noise { get; init; }

    public required double[][] Points { get; init; }

    public int[] Border { get; init; } = [];

    /// <summary>Corners of the first tiles as Box2D ordered them.</summary>
    public double[][][] TileVertices { get; init; } = [];

    public MassTable? Masses { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ReverieException">It cannot be read or is not of this format.</exception>
    internal static TrackFile Read(string path) => RecordedJson.Read<TrackFile>(path, file => file.Check());

    /// <summary>The track that the draws give.</summary>
    /// <param name="attempts">How many of the attempts it took; one more than there are where none closes.</param>
    internal Track? Lay(out int attempts)
    {
        for (attempts = 1; attempts <= Noise.Length; attempts++)
            if (Track.FromDraws(Noise[attempts - 1]) is { } track)
                return track;
        return null;
    }

    private void Check()
    {
        if (Noise.Length == 0)
            throw new JsonException("noise is empty");
        if (Noise.Any(draws => draws is null || draws.Length != Track.DrawsPerAttempt))
            throw new JsonException($"noise has a row that is not of length {Track.DrawsPerAttempt}");
        RecordedJson.CheckRows("points", Points, Points.Length, 4);
        if (Border.Length > 0 && Border.Length != Points.Length)
            throw new JsonException($"border has {Border.Length} entries and points {Points.Length}");
        if (TileVertices.Length > Points.Length || TileVertices.Any(tile =>
            tile is null || tile.Any(corner => corner is null || corner.Length != 2)))
            throw new JsonException("tile_vertices are no tiles with corners of two numbers");
        if (Masses is { } masses && (masses.Hull.Length, masses.Wheel.Length) != (4, 4))
            throw new JsonException("masses has rows that are not of length 4");
    }

    /// <summary>Mass, inertia about the origin, and the two places of the centre.</summary>
    internal sealed record MassTable
    {
        public required double[] Hull { get; init; }

        public required double[] Wheel { get; init; }
    }
}
