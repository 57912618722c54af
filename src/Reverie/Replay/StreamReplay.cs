using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Replay;

/// <summary>
/// The newest <c>replay.capacity</c> rows of several environments, each a stream that runs on over the ends of its episodes,
/// with the latent of every row. A chunk is L rows in a row of one stream and, before them, the row whose latent it is begun
/// from; it may begin at any row that has as many after it, all alike. Rows that are new are learned from first: a stream is
/// also cut into pieces of L + 1 rows as it comes, and a batch takes those that wait before it draws any. Not thread-safe.
/// </summary>
/// <remarks>
/// The episode under way can be drawn from as far as it is; each is written to the disk when it is over. The oldest episode
/// leaves once the rows of all others are <c>replay.capacity</c>; its file stays. Draws depend on the random source and on
/// the rows alone, never on what is in memory.
/// </remarks>
public sealed class StreamReplay : IReplay
{
    internal const string LatentFile = "latents.bin";

    private const double BytesPerGb = 1e9;
    private readonly EpisodeStore store;
    private readonly EpisodeShelf shelf;
    private readonly ReplayConfig config;
    private readonly RowStream[] streams;
    private readonly List<StreamPlace> online = [];
    private readonly List<Part> parts = [];     // what the last batch was drawn from
    private SequenceBatch? drawn;
    private long held;

    /// <summary>Opens the replay, empty or as a checkpoint has it.</summary>
    /// <param name="store">Where episodes are; after a resume already truncated to the checkpoint.</param>
    /// <param name="layout">What a row is made of; files with another one are set aside.</param>
    /// <param name="latents">What the latents of an agent are made of.</param>
    /// <param name="config">Chunks, batch, memory and capacity.</param>
    /// <param name="count">Environments.</param>
    /// <param name="random">Draws chunks; its state belongs in the checkpoint.</param>
    /// <param name="state">What the checkpoint says; null to begin empty.</param>
    /// <param name="folder">The checkpoint's, with the files that <paramref name="state"/> speaks of.</param>
    /// <exception cref="ReverieException">The checkpoint is of other environments or of another agent, or cannot be read.
    /// </exception>
    public StreamReplay(EpisodeStore store, EpisodeLayout layout, LatentRows latents, ReplayConfig config, int count,
        RandomSource random, StreamState? state = null, string folder = "")
    {
        (this.store, this.config, Layout, Latents, Random) = (store, config, layout, latents, random);
        shelf = new EpisodeShelf(store, layout, (long)(config.MemoryGb * BytesPerGb));
        streams = [.. Enumerable.Range(0, count).Select(_ => new RowStream(layout, latents))];
        if (state is null) return;
        try
        {
            Load(state, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"{folder}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public EpisodeLayout Layout { get; }

    /// <summary>What the latents are made of.</summary>
    public LatentRows Latents { get; }

    /// <inheritdoc/>
    public RandomSource Random { get; }

    /// <summary>Streams, one an environment.</summary>
    public int Count => streams.Length;

    /// <inheritdoc/>
    public int Episodes => store.Episodes;

    /// <inheritdoc/>
    public long Decisions => store.Decisions;

    /// <inheritdoc/>
    public ReplayManifest Manifest => store.Manifest;

    /// <summary>Rows that could ever be drawn, those that have left included: all but those of episodes that ended before
    /// their first decision.</summary>
    public long RowsAdded { get; private set; }

    /// <summary>Rows held.</summary>
    public long Rows => held;

    /// <summary>Places that a chunk may begin at.</summary>
    public long Starts => streams.Sum(StartsOf);

    /// <inheritdoc/>
    public bool CanSample => Starts > 0;

    /// <summary>Pieces that wait to be learned from for the first time.</summary>
    public int PiecesWaiting => online.Count;

    /// <summary>What a checkpoint says of it, beside the files that <see cref="SaveTo"/> writes.</summary>
    internal StreamState State => new(Latents, RowsAdded,
        [
            .. streams.Select(stream => new StreamExtent([.. stream.Whole.Select(episode => episode.File!.Name)],
                stream.Begin, stream.Recorder.Rows, stream.NextPiece)),
        ],
        [.. online]);

    /// <summary>Rows of the episode under way in a stream, that of its reset included; 0 where none is.</summary>
    internal int UnderWay(int stream) => streams[stream].Recorder.Rows;

    /// <summary>Those rows, in arrays that have room for more.</summary>
    internal Episode RowsUnderWay(int stream) => streams[stream].Recorder.Recorded;

    /// <summary>Takes in the next row of an environment.</summary>
    /// <param name="stream">The environment's number.</param>
    /// <param name="action">The action that led to the row; not looked at where it is that of a reset.</param>
    /// <param name="row">The row; one that is last ends its episode.</param>
    /// <param name="latents">Latents that the agent acted in.</param>
    /// <param name="latent">Which of them is this row's.</param>
    /// <returns>The episode that it ended, which is on the disk then; null where it goes on.</returns>
    /// <exception cref="ReverieException">The row breaks the contract, or the disk refuses.</exception>
    public Episode? Add(int stream, ReadOnlySpan<float> action, in TimeStep row, LatentChunk latents, int latent)
    {
        if (latents.Shape != Latents)
            throw new ArgumentException($"latents of {latents.Shape}; the replay has {Latents}", nameof(latents));
        var to = streams[stream];
        if (row.IsFirst && to.Recorder.Rows > 0)
            throw new InvalidOperationException($"a reset inside an episode of stream {stream}: abandon it first");
        if (row.IsFirst) to.Recorder.Begin(row);
        else to.Recorder.Add(action, row);
        latents.Pack(latent, to.UnderWay.LatentAt(to.Recorder.Rows - 1));
        if (to.Recorder.Rows < 2) return null;
        Admit(to, to.Recorder.Rows - to.UnderWay.Rows);
        CutPieces(stream);
        return to.Recorder.IsComplete ? Complete(to) : null;
    }

    /// <summary>Ends the episode under way in a stream with the row that it has last, which becomes <c>is_last</c>: its
    /// environment does not go on. Of one without a decision nothing is left.</summary>
    /// <param name="stream">The environment's number.</param>
    /// <returns>The episode; null where nothing is left of it.</returns>
    /// <exception cref="ReverieException">The disk refuses.</exception>
    public Episode? Abandon(int stream)
    {
        var of = streams[stream];
        if (of.Recorder.Rows < 2)
        {
            of.Recorder.Drop();
            return null;
        }
        of.Recorder.Cut();
        return Complete(of);
    }

    /// <inheritdoc/>
    public SequenceBatch CreateBatch() => new(Layout, config.ChunkLength, config.BatchSize, Latents);

    /// <summary>A new batch, filled.</summary>
    /// <inheritdoc cref="Sample(SequenceBatch)" path="/exception"/>
    public SequenceBatch Sample()
    {
        var batch = CreateBatch();
        Sample(batch);
        return batch;
    }

    /// <inheritdoc/>
    public void Sample(SequenceBatch batch)
    {
        if (batch.L != config.ChunkLength || batch.Layout != Layout || batch.Context?.Shape != Latents)
            throw new ArgumentException($"the batch has L = {batch.L}, {batch.Layout} and {batch.Context?.Shape}; "
                + $"the replay L = {config.ChunkLength}, {Layout} and {Latents}", nameof(batch));
        // A damaged episode leaves its stream, so the draws made with it mean nothing: all are made anew.
        int waiting;
        do
        {
            waiting = Math.Min(batch.B, online.Count);
            parts.Clear();
            for (var b = 0; b < batch.B; b++) Take(b < waiting ? online[b] : Draw(), b);
        }
        while (!TryFill(batch));
        online.RemoveRange(0, waiting);
        drawn = batch;
    }

    /// <summary>Takes back the latents that an update has computed of a batch's rows, in the place of those before; rows
    /// that have left since are passed over, and so are chunks begun from zeros, whose first rows know too little. Of a row
    /// that is in several chunks the last one's counts.</summary>
    /// <param name="batch">The batch that was drawn last.</param>
    /// <exception cref="ArgumentException">It is another one.</exception>
    public void WriteBack(SequenceBatch batch)
    {
        if (batch != drawn)
            throw new ArgumentException("only latents of the batch that was drawn last are taken back", nameof(batch));
        foreach (var part in parts.Where(part => !BeginsAtZero(part.Chunk)))
            for (var i = 0; i < part.Count && part.Episode.IsHeld; i++)
                batch.Latents!.Pack((part.At + i) * batch.B + part.Chunk, part.Episode.LatentAt(part.Row + i));
    }

    /// <summary>Writes what a checkpoint has beside <see cref="State"/>.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="ReverieException">As above.</exception>
    internal void SaveTo(string folder)
    {
        using (var file = File.Create(Path.Combine(folder, LatentFile), 1 << 20))
            foreach (var stream in streams)
                foreach (var (episode, rows) in WithLatents(stream))
                    for (var row = 0; row < rows; row++) file.Write(episode.LatentAt(row));
        for (var n = 0; n < Count; n++)
            if (streams[n].Recorder.Rows > 0)
                EpisodeArchive.Write(Path.Combine(folder, UnderWayFile(n)), streams[n].Recorder.Copy());
    }

    /// <summary>Name of the file that a checkpoint keeps the rows of an episode under way in.</summary>
    internal static string UnderWayFile(int stream) => $"under-way-{stream:D3}.npz";

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Load(StreamState state, string folder)
    {
        if (state.Streams.Count != Count || !state.Latents.Fits(Latents))
            throw new InvalidDataException($"is of {state.Streams.Count} environments and of latents {state.Latents}, "
                + $"not of {Count} and {Latents}");
        RowsAdded = state.RowsAdded;
        for (var n = 0; n < Count; n++)
        {
            streams[n].BeginAt(state.Streams[n].First);
            streams[n].NextPiece = state.Streams[n].NextPiece;
            foreach (var name in state.Streams[n].Episodes)
                streams[n].Complete(EpisodeFile.TryParse(name) ?? throw new InvalidDataException($"{name}: no episode"));
            if (state.Streams[n].UnderWay > 0) GoOnFrom(streams[n], Path.Combine(folder, UnderWayFile(n)));
        }
        held = streams.Sum(stream => stream.End - stream.Begin);
        online.AddRange(state.Online);
        LoadLatents(state.Latents, Path.Combine(folder, LatentFile));
        var files = store.Files.ToHashSet();
        foreach (var stream in streams)
            foreach (var gone in stream.Whole.Where(episode => !files.Contains(episode.File!)).ToArray()) Lose(gone);
    }

    private void GoOnFrom(RowStream stream, string path)
    {
        var episode = EpisodeArchive.ReadUnderWay(path);
        if (!Layout.Accepts(episode))
            throw new InvalidDataException($"{path}: has {episode.Layout} where the run has {Layout}");
        stream.Recorder.GoOnFrom(episode);
        if (episode.Rows > 1) stream.UnderWay.Rows = episode.Rows;
    }

    // An agent that computes in another type than before takes them as they are, rounded where its type is shorter.
    private void LoadLatents(LatentRows before, string path)
    {
        using var file = Torch.IO.RegularFile.OpenRead(path);
        using var buffered = new BufferedStream(file, 1 << 20);
        var (packed, row) = (new byte[before.BytesPerRow], new LatentChunk(before, 1));
        var same = before == Latents;
        foreach (var stream in streams)
            foreach (var (episode, rows) in WithLatents(stream))
                for (var i = 0; i < rows; i++)
                {
                    buffered.ReadExactly(same ? episode.LatentAt(i) : packed);
                    if (same) continue;
                    row.Unpack(0, packed);
                    row.As(Latents).Pack(0, episode.LatentAt(i));
                }
    }

    private static IEnumerable<(StreamEpisode Episode, int Rows)> WithLatents(RowStream stream) =>
        stream.Whole.Select(episode => (episode, episode.Rows)).Append((stream.UnderWay, stream.Recorder.Rows));

    private long StartsOf(RowStream stream) => Math.Max(0, stream.End - stream.Begin - config.ChunkLength);

    private void Admit(RowStream stream, int rows)
    {
        stream.UnderWay.Rows += rows;
        RowsAdded += rows;
        held += rows;
        while (held > config.Capacity && Oldest() is { } oldest && held - oldest.Whole[0].Rows >= config.Capacity)
            Drop(oldest);
    }

    // The stream whose first episode was recorded before those of all others.
    private RowStream? Oldest() =>
        streams.Where(stream => stream.Whole.Count > 0).MinBy(stream => stream.Whole[0].File!.Number);

    private void Drop(RowStream stream)
    {
        held -= stream.Whole[0].Rows;
        shelf.Forget(stream.Whole[0].File!);
        stream.DropOldest();
        online.RemoveAll(piece => piece.Place < streams[piece.Stream].Begin);
    }

    private void CutPieces(int stream)
    {
        var (of, length) = (streams[stream], config.ChunkLength + 1);
        for (; config.Online && of.End - of.NextPiece >= length; of.NextPiece += length)
            if (of.NextPiece >= of.Begin) online.Add(new(stream, of.NextPiece));
    }

    private Episode Complete(RowStream stream)
    {
        var episode = stream.Recorder.Finish();
        stream.Complete(shelf.Add(episode));
        return episode;
    }

    private StreamPlace Draw()
    {
        var starts = Starts;
        if (starts == 0)
            throw new DataException($"replay: none of {Count} environments has played the {config.ChunkLength + 1} rows "
                + "of a chunk and the one before it");
        long start = Random.NextInt(checked((int)starts));
        var stream = 0;
        for (; start >= StartsOf(streams[stream]); stream++) start -= StartsOf(streams[stream]);
        return new(stream, streams[stream].Begin + start);
    }

    // replay.zero_starts: the last chunks of a batch, so that rows which are new keep their latents.
    private bool BeginsAtZero(int chunk) => chunk >= config.BatchSize - config.ZeroStartChunks;

    // Row −1 is the one before the chunk.
    private void Take(StreamPlace from, int chunk)
    {
        for (var at = -1; at < config.ChunkLength;)
        {
            var (episode, row) = streams[from.Stream].At(from.Place + 1 + at);
            var count = at < 0 ? 1 : Math.Min(config.ChunkLength - at, episode.Rows - row);
            parts.Add(new(episode, row, count, chunk, at));
            at += count;
        }
    }

    private bool TryFill(SequenceBatch batch)
    {
        // By episode, so that one that lies on disk is read once a batch.
        foreach (var part in parts.OrderBy(part => part.Episode.File?.Number ?? int.MaxValue))
            if (part.At < 0)
            {
                if (BeginsAtZero(part.Chunk)) batch.Context!.Zero(part.Chunk);
                else batch.Context!.Unpack(part.Chunk, part.Episode.LatentAt(part.Row));
            }
            else if (TryRead(part.Episode) is { } episode)
                batch.CopyFrom(episode, part.Row, part.Count, part.Chunk, part.At);
            else
                return false;
        parts.RemoveAll(part => part.At < 0);
        return true;
    }

    private Episode? TryRead(StreamEpisode episode)
    {
        if (episode.File is not { } file) return streams.First(stream => stream.UnderWay == episode).Recorder.Recorded;
        var read = shelf.TryLoad(file);
        if (read is null) Lose(episode);
        return read;
    }

    private void Lose(StreamEpisode lost)
    {
        var stream = Array.FindIndex(streams, stream => stream.Whole.Contains(lost));
        for (var i = online.Count - 1; i >= 0; i--)
            if (online[i] is var piece && piece.Stream == stream)
            {
                if (MovedPiece(piece.Place, lost) is { } place) online[i] = piece with { Place = place };
                else online.RemoveAt(i);
            }
        held -= lost.Rows;
        streams[stream].Lose(lost);
    }

    // A piece that had rows in the episode is none any more.
    private long? MovedPiece(long place, StreamEpisode lost) =>
        place + config.ChunkLength < lost.First || place >= lost.End ? RowStream.PlaceWithout(lost, place) : null;

    /// <summary>Rows that follow each other in one episode and in one chunk.</summary>
    /// <param name="Episode">Whose they are.</param>
    /// <param name="Row">The first of them there.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Chunk">Number of the chunk in the batch.</param>
    /// <param name="At">The first of them in the chunk; −1 for the row before it.</param>
    private readonly record struct Part(StreamEpisode Episode, int Row, int Count, int Chunk, int At);
}
