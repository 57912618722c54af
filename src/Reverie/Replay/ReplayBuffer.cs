using System.Numerics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Replay;

/// <summary>
/// Every episode of a run, on disk and as far as <c>replay.memory_gb</c> goes in memory, and the chunks drawn from
/// them: uniform over all windows inside one episode, the last one included; of several tasks, from each as often as from
/// the others. Not thread-safe.
/// </summary>
/// <remarks>Draws depend on the random source and on the episodes alone, never on what is in memory.</remarks>
public sealed class ReplayBuffer : IWholeEpisodes
{
    private const double BytesPerGb = 1e9;
    private readonly EpisodeStore store;
    private readonly ReplayConfig config;
    private readonly ILogger logger;
    private readonly ChunkSampler[] samplers;      // one a task
    private readonly EpisodeShelf shelf;
    private readonly DevicePictures? pictures;

    /// <summary>Opens the replay over the episodes that a store lists; none is read before it is drawn.</summary>
    /// <param name="store">Where episodes are; after a resume already truncated to the checkpoint.</param>
    /// <param name="layout">What a row is made of; files with another one are set aside.</param>
    /// <param name="config">Chunks, batch, memory and the rule of drawing.</param>
    /// <param name="random">Draws chunks; its state belongs in the checkpoint.</param>
    /// <param name="logger">Takes lines that the user should read.</param>
    /// <param name="device">Where batches are learned from: pictures are kept on a CUDA device.</param>
    /// <exception cref="ReverieException">Options that exclude each other.</exception>
    public ReplayBuffer(EpisodeStore store, EpisodeLayout layout, ReplayConfig config, RandomSource random,
        ILogger? logger = null, Device? device = null)
        : this(store, layout, config, random, logger, PicturesOn(device, layout, config, logger))
    {
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public ReplayBuffer(EpisodeStore store, EpisodeLayout layout, ReplayConfig config, RandomSource random,
        Action<string> report, Device? device = null)
        : this(store, layout, config, random, new LineLogger(report), device)
    {
    }

    /// <summary>The same of several tasks.</summary>
    internal ReplayBuffer(EpisodeStore store, EpisodeLayout layout, ReplayConfig config, RandomSource random,
        ILogger? logger, Device? device, int tasks)
        : this(store, layout, config, random, logger, PicturesOn(device, layout, config, logger), tasks)
    {
    }

    internal ReplayBuffer(EpisodeStore store, EpisodeLayout layout, ReplayConfig config, RandomSource random,
        ILogger? logger, DevicePictures? pictures, int tasks = 1)
    {
        this.pictures = pictures;
        (this.store, this.config, Layout, Random) = (store, config, layout, random);
        this.logger = logger ?? NullLogger.Instance;
        samplers = [.. Enumerable.Range(0, tasks).Select(_ => new ChunkSampler(config))];
        shelf = new EpisodeShelf(store, layout, (long)(config.MemoryGb * BytesPerGb));
        foreach (var file in store.Files)
            Include(file);
    }

    /// <summary>What a row is made of.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>Draws chunks.</summary>
    public RandomSource Random { get; }

    /// <summary>Episodes recorded.</summary>
    public int Episodes => store.Episodes;

    /// <summary>Decisions recorded.</summary>
    public long Decisions => store.Decisions;

    /// <summary>Whether there is a chunk to draw: whether episodes are long enough, of each task.</summary>
    public bool CanSample => Array.TrueForAll(samplers, sampler => sampler.CanDraw);

    /// <summary>Rows of every episode, of those too short for a chunk as well; of several tasks, of the first that has no chunk
    /// to draw.</summary>
    internal IReadOnlyList<int> Lengths => (Array.Find(samplers, sampler => !sampler.CanDraw) ?? samplers[0]).Lengths;

    /// <summary>Bytes of episodes in memory.</summary>
    public long MemoryBytes => shelf.Bytes;

    /// <summary>Episodes in memory; the others are read from disk when drawn.</summary>
    public int EpisodesInMemory => shelf.Count;

    /// <summary>What a checkpoint keeps of the episodes.</summary>
    public ReplayManifest Manifest => store.Manifest;

    /// <summary>Writes an episode to disk and takes it in.</summary>
    /// <exception cref="ArgumentException">Its rows have another layout.</exception>
    /// <exception cref="ReverieException">The disk is full or refuses.</exception>
    public EpisodeFile Add(Episode episode)
    {
        if (episode.Layout != Layout)
            throw new ArgumentException($"the episode has {episode.Layout}; the replay {Layout}", nameof(episode));
        var file = shelf.Add(episode);
        Include(file);
        return file;
    }

    /// <summary>A batch of the configured size, to be filled by <see cref="Sample(SequenceBatch)"/> again and again.
    /// </summary>
    public SequenceBatch CreateBatch() => new(Layout, config.ChunkLength, config.BatchSize);

    /// <summary>A new batch, filled.</summary>
    /// <inheritdoc cref="Sample(SequenceBatch)" path="/exception"/>
    public SequenceBatch Sample()
    {
        var batch = CreateBatch();
        Sample(batch);
        return batch;
    }

    /// <summary>Fills <paramref name="batch"/> with chunks drawn anew.</summary>
    /// <exception cref="ArgumentException">The batch is not of this replay's size.</exception>
    /// <exception cref="ReverieException">No episode is long enough.</exception>
    public void Sample(SequenceBatch batch)
    {
        if (batch.L != config.ChunkLength || batch.Layout != Layout)
            throw new ArgumentException($"the batch has L = {batch.L} and {batch.Layout}; the replay "
                + $"L = {config.ChunkLength} and {Layout}", nameof(batch));
        var draws = new (int Task, int Episode, int Start)[batch.B];
        // A damaged episode leaves the list, so the draws made with it mean nothing: all are made anew.
        do
        {
            var shares = new TaskShares(samplers.Length, Random);
            for (var b = 0; b < draws.Length; b++)
            {
                var task = shares.Next();
                var (episode, start) = samplers[task].Draw(Random);
                draws[b] = (task, episode, start);
            }
        }
        while (!TryFill(batch, draws));
    }

    /// <summary>Frees what a device holds.</summary>
    public void Dispose() => pictures?.Dispose();

    private bool TryFill(SequenceBatch batch, (int Task, int Episode, int Start)[] draws)
    {
        using var scope = new TensorScope();
        var chunks = new List<Tensor>[draws.Length];
        // By episode, so that one that lies on disk is read once a batch.
        foreach (var b in Enumerable.Range(0, draws.Length).OrderBy(b => (draws[b].Task, draws[b].Episode)))
        {
            var (task, index, start) = draws[b];
            chunks[b] = [];
            for (var filled = 0; filled < batch.L; index++, start = 0)
            {
                if (Load(samplers[task].Episodes[index]) is not { } episode)
                    return false;
                var (file, count) = (samplers[task].Episodes[index], Math.Min(batch.L - filled, episode.Rows - start));
                if (pictures is { Fit: true } && !pictures.TryKeep(file, episode))
                    return TryFill(batch, draws);               // the same draws, from the host
                if (pictures is { Fit: true })
                    chunks[b].Add(pictures.Rows(file, start, count));
                batch.CopyFrom(episode, start, count, b, filled, withPictures: pictures is not { Fit: true });
                filled += count;
            }
        }
        batch.Hold(pictures is { Fit: true }
            ? Tensor.Stack([.. chunks.Select(parts => Tensor.Cat([.. parts]))], 1).Flatten(0, 1)    // (L·B, H, W, C)
            : null);
        return true;
    }

    private Episode? Load(EpisodeFile file)
    {
        var episode = shelf.TryLoad(file);
        if (episode is null)
            samplers[file.Task].Remove(file);
        return episode;
    }

    private static DevicePictures? PicturesOn(
        Device? device, EpisodeLayout layout, ReplayConfig config, ILogger? logger) =>
        device is { IsCuda: true } cuda && layout.Image is { } space && config.DeviceGb > 0
            ? new DevicePictures(cuda, space, (long)(config.DeviceGb * BytesPerGb), logger ?? NullLogger.Instance)
            : null;

    private void Include(EpisodeFile file)
    {
        if (file.Task >= samplers.Length)
            throw new DataException($"{store.PathOf(file)}: is of task {file.Task + 1} of several, of which this run has {samplers.Length}");
        var sampler = samplers[file.Task];
        if (sampler.Add(file)) return;
        // Where most are so short, a line for each would hide all others.
        var tooShort = sampler.Lengths.Count - sampler.Episodes.Count;
        if (tooShort == 1)
            logger.Warn($"{store.PathOf(file)}: has {file.Rows} rows, fewer than the {config.ChunkLength} of a chunk; "
                + "no chunk is drawn from it");
        else if (tooShort >= 10 && BitOperations.IsPow2(tooShort / 10) && tooShort % 10 == 0)
            logger.Warn($"{tooShort} of {sampler.Lengths.Count} episodes have fewer rows than the {config.ChunkLength} of a "
                + "chunk; no chunk is drawn from them");
    }
}
