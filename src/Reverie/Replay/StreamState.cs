namespace Reverie.Replay;

/// <summary>What a checkpoint says of a <see cref="StreamReplay"/>. The latents of its rows lie beside, in
/// <c>latents.bin</c>, and the rows of each episode under way in <c>under-way-000.npz</c>.</summary>
/// <param name="Latents">What the latents were made of.</param>
/// <param name="RowsAdded">Rows that could ever be drawn, those that have left included.</param>
/// <param name="Streams">Each environment's.</param>
/// <param name="Online">Pieces of streams that are still to be learned from for the first time, oldest first.</param>
/// <param name="LargestPriority">The largest priority that there was, where chunks are drawn by priorities.</param>
public sealed record StreamState(LatentRows Latents, long RowsAdded, IReadOnlyList<StreamExtent> Streams,
    IReadOnlyList<StreamPlace> Online, float LargestPriority = 1)
{
    /// <summary>Bytes that the latents take.</summary>
    internal long LatentBytes => Streams.Sum(stream => stream.Rows) * Latents.BytesPerRow;

    /// <summary>Names of the files that it has beside it.</summary>
    internal IEnumerable<string> Files => Enumerable.Range(0, Streams.Count)
        .Where(n => Streams[n].UnderWay > 0).Select(StreamFiles.UnderWay).Prepend(StreamFiles.Latents);

    /// <summary>What no run has ever written, in words; null where nothing is so.</summary>
    internal string? Fault(ReplayManifest replay)
    {
        string[] names = [.. Streams.SelectMany(stream => stream.Episodes)];
        return Latents.DeterSize < 0 || Latents.Variables < 0 || Latents.Classes < 1 ? "the latents have no such sizes"
            : !(LargestPriority >= 1) ? "the largest priority is below 1"
            : RowsAdded < 0 || Streams.Any(stream => stream.First < 0 || stream.UnderWay < 0 || stream.NextPiece < 0)
                ? "a place in a stream is below zero"
            : names.Distinct().Count() != names.Length || names.Except(replay.Files).Any()
                ? "the episodes of the streams are not those of the replay"
            : Online.Any(piece => piece.Stream < 0 || piece.Stream >= Streams.Count || piece.Place < 0)
                ? "a piece is of no stream"
            : null;
    }
}

/// <summary>What one stream holds.</summary>
/// <param name="Episodes">Files of the episodes that are over, oldest first.</param>
/// <param name="First">Place of the first row of the first of them.</param>
/// <param name="UnderWay">Rows of the episode under way, that of its reset included; 0 where there is none.</param>
/// <param name="NextPiece">Place that the next piece begins at.</param>
public sealed record StreamExtent(IReadOnlyList<string> Episodes, long First, int UnderWay, long NextPiece)
{
    /// <summary>Rows that have a latent.</summary>
    internal long Rows => Episodes.Sum(name => (long)(EpisodeFile.TryParse(name)?.Rows ?? 0)) + UnderWay;
}

/// <summary>A place in a stream.</summary>
/// <param name="Stream">The environment's number.</param>
/// <param name="Place">Rows before it, counted from the run's first.</param>
public readonly record struct StreamPlace(int Stream, long Place);
