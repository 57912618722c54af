namespace Reverie.Replay;

/// <summary>The rows of streams that the last batch was drawn from.</summary>
/// <param name="zeroFrom">The first chunk of a batch that begins from a state which knows nothing, not from the latent of the
/// row before it; as many as there are chunks where none does.</param>
internal sealed class DrawnRows(int zeroFrom)
{
    private readonly List<Part> parts = [];
    private SequenceBatch? batch;

    /// <summary>Forgets all of them.</summary>
    public void Clear() => parts.Clear();

    /// <summary>Adds the rows of a chunk and, before them, the one whose latent it is begun from.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="place">Of the row before the chunk.</param>
    /// <param name="chunk">Number of the chunk in the batch.</param>
    /// <param name="length">Rows of the chunk, L.</param>
    public void Add(RowStream stream, long place, int chunk, int length)
    {
        for (var at = -1; at < length;)
        {
            var (episode, row) = stream.At(place + 1 + at);
            var count = at < 0 ? 1 : Math.Min(length - at, episode.Rows - row);
            parts.Add(new(episode, row, count, chunk, at));
            at += count;
        }
    }

    /// <summary>Fills a batch with them; false where an episode could not be read.</summary>
    /// <param name="batch">What is filled.</param>
    /// <param name="read">Reads an episode; null where it is damaged.</param>
    public bool TryFill(SequenceBatch batch, Func<StreamEpisode, Episode?> read)
    {
        // By episode, so that one that lies on disk is read once a batch.
        foreach (var part in parts.OrderBy(part => part.Episode.File?.Number ?? int.MaxValue))
            if (part.At < 0)
            {
                if (part.Chunk >= zeroFrom) batch.Context!.Zero(part.Chunk);
                else batch.Context!.Unpack(part.Chunk, part.Episode.LatentAt(part.Row));
            }
            else if (read(part.Episode) is { } episode)
                batch.CopyFrom(episode, part.Row, part.Count, part.Chunk, part.At);
            else
                return false;
        parts.RemoveAll(part => part.At < 0);
        this.batch = batch;
        return true;
    }

    /// <summary>Takes back the latents that an update has computed of the batch's rows; rows that have left since are
    /// passed over, and so are chunks begun from zeros, whose first rows know too little.</summary>
    /// <exception cref="ArgumentException">It is another batch.</exception>
    public void WriteBack(SequenceBatch batch)
    {
        if (batch != this.batch)
            throw new ArgumentException("only latents of the batch that was drawn last are taken back", nameof(batch));
        foreach (var part in parts.Where(part => part.Chunk < zeroFrom))
            for (var i = 0; i < part.Count && part.Episode.IsHeld; i++)
                batch.Latents!.Pack((part.At + i) * batch.B + part.Chunk, part.Episode.LatentAt(part.Row + i));
    }

    /// <summary>Rows that follow each other in one episode and in one chunk.</summary>
    /// <param name="Episode">Whose they are.</param>
    /// <param name="Row">The first of them there.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Chunk">Number of the chunk in the batch.</param>
    /// <param name="At">The first of them in the chunk; −1 for the row before it.</param>
    private readonly record struct Part(StreamEpisode Episode, int Row, int Count, int Chunk, int At);
}
