namespace Reverie.Configuration;

/// <summary>The replay and the batches drawn from it.</summary>
public sealed record ReplayConfig
{
    /// <summary>Chunks in a batch, B.</summary>
    [Setting("chunks in a batch, B", Source = "P App. A", Min = 1, Max = 4096)]
    public int BatchSize { get; init; } = 50;

    /// <summary>Rows in a chunk, L.</summary>
    [Setting("rows in a chunk, L", Source = "P App. A", Min = 2, Max = 1000)]
    public int ChunkLength { get; init; } = 50;

    /// <summary>Memory for episodes in GB; what is beyond it is read from disk.</summary>
    [Setting("memory for episodes in GB; what is beyond it is read from disk", Min = 0, Max = 4096, MayChange = true)]
    public double MemoryGb { get; init; } = 4;

    /// <summary>Pictures kept on the CUDA device that learns from them, in GB, as long as all fit; 0 is
    /// none.</summary>
    [Setting("pictures kept on the CUDA device that learns from them, in GB, as long as all fit; 0 is none", Source = "ours",
        Min = 0, Max = 4096, MayChange = true)]
    public double DeviceGb { get; init; } = 8;

    /// <summary>Oversample the last window of an episode.</summary>
    [Setting("oversample the last window of an episode", Source = "V2 dataset")]
    public bool PrioritizeEnds { get; init; }

    /// <summary>Let chunks run across the ends of episodes; is_first resets the state there.</summary>
    [Setting("let chunks run across the ends of episodes; is_first resets the state there", Source = "V3 replay")]
    public bool CrossEpisode { get; init; }

    /// <summary>Training.train_ratio &gt; 0: rows that chunks are drawn from, the newest ones; older ones leave by
    /// whole episodes.</summary>
    [Setting("training.train_ratio > 0: rows that chunks are drawn from, the newest ones; older ones leave by whole episodes",
        Source = "V3 replay", Min = 1, Max = 1_000_000_000)]
    public long Capacity { get; init; } = 5_000_000;

    /// <summary>Training.train_ratio &gt; 0: every row is learned from once as soon as it is there, before any is
    /// drawn.</summary>
    [Setting("training.train_ratio > 0: every row is learned from once as soon as it is there, before any is drawn",
        Source = "V3 replay")]
    public bool Online { get; init; } = true;

    /// <summary>Training.train_ratio &gt; 0: part of a batch's chunks that begin from a state which knows nothing, not from
    /// the latent kept of the row before them.</summary>
    [Setting("training.train_ratio > 0: part of a batch's chunks that begin from a state which knows nothing, not from the "
        + "latent kept of the row before them", Source = "ours; V3: 0", Min = 0, Max = 1, IsLater = true)]
    public double ZeroStarts { get; init; }

    /// <summary>D4pg, curl: chunks are drawn with a probability that goes with p^α, p being how far the critic was last off
    /// there; 0 draws all alike.</summary>
    [Setting("d4pg, curl: chunks are drawn with a probability that goes with p^α, p being how far the critic was last off there; "
        + "0 draws all alike",
        Source = "D4PG: 0.6; AC: 0", Min = 0, Max = 4, IsLater = true)]
    public double Priority { get; init; }

    /// <summary>How many chunks of a batch <see cref="ZeroStarts"/> comes to.</summary>
    internal int ZeroStartChunks => (int)Math.Round(ZeroStarts * BatchSize, MidpointRounding.AwayFromZero);
}
