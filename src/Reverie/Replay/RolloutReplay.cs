namespace Reverie.Replay;

/// <summary>
/// The newest T + 1 rows of each of W environments, to be learned from once: T decisions and the row before them, which is the
/// last one of the rollout before. Nothing older is kept, in memory or on the disk. Not thread-safe.
/// </summary>
/// <remarks>Where no episode is under way as a rollout begins, its first row is of zeros and <c>is_first</c>, and allows
/// everything: the row after it is that of a reset, so that nothing follows from it.</remarks>
internal sealed class RolloutReplay : IReplay, IEpisodesUnderWay
{
    private readonly RowStream[] streams;
    private readonly LatentRows memory;
    private readonly SequenceBatch rows;
    private long rowsAdded;
    private int filled;     // rows of the rollout, its first included; 0 between two

    /// <summary>Opens it, empty or as a checkpoint has it.</summary>
    /// <param name="layout">What a row is made of.</param>
    /// <param name="memory">What the agent remembers between two acts.</param>
    /// <param name="length">T.</param>
    /// <param name="count">W.</param>
    /// <param name="random">Draws nothing; its state belongs in the checkpoint.</param>
    /// <param name="state">What the checkpoint says; null to begin.</param>
    /// <param name="folder">The checkpoint's, with the files that <paramref name="state"/> speaks of.</param>
    /// <exception cref="ReverieException">The checkpoint is of other environments, or cannot be read.</exception>
    public RolloutReplay(EpisodeLayout layout, LatentRows memory, int length, int count, RandomSource random,
        StreamState? state = null, string folder = "")
    {
        (Layout, this.memory, Random) = (layout, memory, random);
        rows = new SequenceBatch(layout, length + 1, count, memory);
        streams = [.. Enumerable.Range(0, count).Select(_ => new RowStream(layout, LatentRows.None))];
        if (state is null) return;
        try
        {
            if (state.Streams.Count != count)
                throw new InvalidDataException($"is of {state.Streams.Count} environments, not of {count}");
            rowsAdded = state.RowsAdded;
            for (var n = 0; n < count; n++)
                if (state.Streams[n].UnderWay > 0) StreamFiles.GoOn(folder, n, streams[n], layout);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"{folder}: {error.Message}", error);
        }
    }

    /// <inheritdoc cref="IReplay.Layout"/>
    public EpisodeLayout Layout { get; }

    /// <inheritdoc/>
    public RandomSource Random { get; }

    /// <summary>None is kept.</summary>
    public int Episodes => 0;

    /// <summary>None is kept.</summary>
    public long Decisions => 0;

    /// <inheritdoc/>
    public ReplayManifest Manifest => new([], 0, 0, 0, []);

    /// <summary>Whether a rollout is begun and not learned from yet: then nothing can be saved.</summary>
    public bool IsUnderWay => filled > 0;

    /// <summary>Whether all rows of a rollout are there.</summary>
    public bool CanSample => filled == rows.L;

    /// <summary>What a checkpoint says of it, beside the files that <see cref="SaveTo"/> writes.</summary>
    public StreamState State => new(LatentRows.None, rowsAdded,
        [.. streams.Select(stream => new StreamExtent([], 0, stream.Recorder.Rows, 0))], []);

    /// <inheritdoc/>
    public int UnderWay(int number) => streams[number].Recorder.Rows;

    /// <inheritdoc/>
    public Episode RowsUnderWay(int number) => streams[number].Recorder.Recorded;

    /// <summary>Begins a rollout with the rows that there are.</summary>
    /// <param name="remembered">What the agent remembers from before them; null before its first act.</param>
    public void Begin(LatentChunk? remembered)
    {
        var context = rows.Context!;
        if (remembered is null) context.Clear();
        else remembered.CopyTo(context);
        for (var n = 0; n < streams.Length; n++)
            if (UnderWay(n) > 0) Copy(n);
            else rows.Clear(n);
        filled = 1;
    }

    /// <summary>Takes in the next row of an environment.</summary>
    /// <param name="number">The environment's.</param>
    /// <param name="action">The action that led to the row; not looked at where it is that of a reset.</param>
    /// <param name="row">The row; one that is last ends its episode.</param>
    /// <returns>The episode that it ended; null where it goes on.</returns>
    /// <exception cref="ReverieException">The row breaks the contract.</exception>
    public Episode? Add(int number, ReadOnlySpan<float> action, in Environments.TimeStep row)
    {
        var recorder = streams[number].Recorder;
        if (row.IsFirst) recorder.Begin(row);
        else recorder.Add(action, row);
        Copy(number);
        rowsAdded++;
        return recorder.IsComplete ? recorder.Finish() : null;
    }

    /// <summary>All environments have given a row.</summary>
    public void Advance() => filled++;

    /// <inheritdoc/>
    public Episode? Abandon(int number)
    {
        var recorder = streams[number].Recorder;
        if (filled > 0) rows.IsLast[(filled - 1) * rows.B + number] = true;
        if (recorder.Rows >= 2)
        {
            recorder.Cut();
            return recorder.Finish();
        }
        recorder.Drop();
        return null;
    }

    /// <inheritdoc/>
    public SequenceBatch CreateBatch() => new(Layout, rows.L, rows.B, memory);

    /// <summary>Gives the rollout away; another one is to be begun.</summary>
    /// <inheritdoc/>
    public void Sample(SequenceBatch batch)
    {
        if (!CanSample) throw new DataException($"replay: {filled} of the {rows.L} rows of a rollout are there");
        rows.CopyTo(batch);
        filled = 0;
    }

    /// <summary>Writes what a checkpoint has beside <see cref="State"/>.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="ReverieException">As above.</exception>
    public void SaveTo(string folder) => StreamFiles.Write(folder, streams);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // The newest row of the episode under way, which stays in the recorder until the next reset.
    private void Copy(int number) => rows.CopyFrom(
        streams[number].Recorder.Recorded, streams[number].Recorder.Rows - 1, 1, number, filled);
}
