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
public sealed partial class StreamReplay : IWholeEpisodes, IEpisodesUnderWay
{
    private const double BytesPerGb = 1e9;
    private readonly EpisodeStore store;
    private readonly EpisodeShelf shelf;
    private readonly ReplayConfig config;
    private readonly RowStream[] streams;
    private readonly List<StreamPlace> online = [];
    private readonly DrawnRows drawn;
    private readonly int tasks;
    private readonly PrioritySampler? priorities;
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
    /// <param name="tasks">Tasks that the environments play, environment n the one with the number n mod that; a batch has as
    /// many chunks of each, as far as rows that are new do not come first.</param>
    /// <exception cref="ReverieException">The checkpoint is of other environments or of another agent, or cannot be read.
    /// </exception>
    public StreamReplay(EpisodeStore store, EpisodeLayout layout, LatentRows latents, ReplayConfig config, int count,
        RandomSource random, StreamState? state = null, string folder = "", int tasks = 1)
    {
        (this.store, this.config, this.tasks, Layout, Latents, Random) = (store, config, tasks, layout, latents, random);
        // replay.zero_starts: the last chunks of a batch, so that rows which are new keep their latents.
        drawn = new DrawnRows(config.BatchSize - config.ZeroStartChunks);
        shelf = new EpisodeShelf(store, layout, (long)(config.MemoryGb * BytesPerGb));
        streams = [.. Enumerable.Range(0, count).Select(_ => new RowStream(layout, latents))];
        if (latents.HasPriority) priorities = new PrioritySampler(config, streams);
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
    public bool CanSample => Enumerable.Range(0, tasks).All(task => StartsOf(task) > 0);

    /// <summary>Pieces that wait to be learned from for the first time.</summary>
    public int PiecesWaiting => online.Count;

    /// <summary>What a checkpoint says of it, beside the files that <see cref="SaveTo"/> writes.</summary>
    internal StreamState State => new(Latents, RowsAdded, [.. streams.Select(stream => stream.Extent)], [.. online],
        priorities?.Largest ?? 1);

    /// <summary>Rows of the episode under way in a stream, that of its reset included; 0 where none is.</summary>
    internal int UnderWay(int stream) => streams[stream].Recorder.Rows;

    /// <summary>Those rows, in arrays that have room for more.</summary>
    internal Episode RowsUnderWay(int stream) => streams[stream].Recorder.Recorded;

    int IEpisodesUnderWay.UnderWay(int number) => UnderWay(number);

    Episode IEpisodesUnderWay.RowsUnderWay(int number) => RowsUnderWay(number);

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
            drawn.Clear();
            var shares = new TaskShares(tasks, Random);
            foreach (var piece in online.Take(waiting)) shares.Take(piece.Stream % tasks);
            for (var b = 0; b < batch.B; b++)
            {
                var from = b < waiting ? online[b] : Draw(shares.Next());
                drawn.Add(streams[from.Stream], from.Place, b, config.ChunkLength);
                priorities?.Drew(from, tasks, b, batch);
            }
        }
        while (!drawn.TryFill(batch, TryRead));
        online.RemoveRange(0, waiting);
    }

    /// <summary>Takes back the priorities of a batch's chunks and the latents that an update has computed of its rows, in the place of those before; rows
    /// that have left since are passed over, and so are chunks begun from zeros, whose first rows know too little. Of a row
    /// that is in several chunks the last one's counts.</summary>
    /// <param name="batch">The batch that was drawn last.</param>
    /// <exception cref="ArgumentException">It is another one.</exception>
    public void WriteBack(SequenceBatch batch)
    {
        drawn.WriteBack(batch);
        priorities?.WriteBack(batch);
    }

    /// <summary>Writes what a checkpoint has beside <see cref="State"/>.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    internal void SaveTo(string folder) => StreamFiles.Write(folder, streams);

    /// <inheritdoc/>
    public void Dispose() { }

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
            if (state.Streams[n].UnderWay > 0) StreamFiles.GoOn(folder, n, streams[n], Layout);
        }
        held = streams.Sum(stream => stream.End - stream.Begin);
        online.AddRange(state.Online);
        StreamFiles.ReadLatents(folder, streams, state.Latents, Latents);
        var files = store.Files.ToHashSet();
        foreach (var stream in streams)
            foreach (var gone in stream.Whole.Where(episode => !files.Contains(episode.File!)).ToArray()) Lose(gone);
        priorities?.Read(state.LargestPriority);
    }

    private long StartsOf(int task) => streams.Where((_, n) => n % tasks == task).Sum(StartsOf);

    private long StartsOf(RowStream stream) => Math.Max(0, stream.End - stream.Begin - config.ChunkLength);

    private void Admit(RowStream stream, int rows)
    {
        (stream.UnderWay.Rows, RowsAdded, held) = (stream.UnderWay.Rows + rows, RowsAdded + rows, held + rows);
        while (held > config.Capacity
            && streams.Where(one => one.Whole.Count > 0).MinBy(one => one.Whole[0].File!.Number) is { } oldest
            && held - oldest.Whole[0].Rows >= config.Capacity)
            Drop(oldest);
        priorities?.Follow();
    }

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
        episode.Task = Array.IndexOf(streams, stream) % tasks;
        stream.Complete(shelf.Add(episode));
        return episode;
    }

    private StreamPlace Draw(int task)
    {
        var starts = StartsOf(task);
        if (starts == 0)
            throw new DataException($"replay: none of {Count} environments has played the {config.ChunkLength + 1} rows "
                + "of a chunk and the one before it");
        if (priorities is not null) return priorities.Draw(Random, task, tasks);
        var (stream, start) = (task, (long)Random.NextInt(checked((int)starts)));
        for (; start >= StartsOf(streams[stream]); stream += tasks) start -= StartsOf(streams[stream]);
        return new(stream, streams[stream].Begin + start);
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
                if (RowStream.PieceWithout(lost, piece.Place, config.ChunkLength) is { } place) online[i] = piece with { Place = place };
                else online.RemoveAt(i);
            }
        held -= lost.Rows;
        streams[stream].Lose(lost);
        priorities?.Read(priorities.Largest);
    }
}
