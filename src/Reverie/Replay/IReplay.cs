namespace Reverie.Replay;

/// <summary>What an agent has lived through, and batches drawn from it: by whole episodes (<see cref="ReplayBuffer"/>) or
/// by the rows of environments that go on and on (<see cref="StreamReplay"/>). Not thread-safe.</summary>
public interface IReplay : IDisposable
{
    /// <summary>What a row is made of.</summary>
    EpisodeLayout Layout { get; }

    /// <summary>Draws chunks; its state belongs in the checkpoint.</summary>
    RandomSource Random { get; }

    /// <summary>Episodes recorded.</summary>
    int Episodes { get; }

    /// <summary>Decisions in them.</summary>
    long Decisions { get; }

    /// <summary>Whether there is a chunk to draw.</summary>
    bool CanSample { get; }

    /// <summary>What a checkpoint keeps of the episodes.</summary>
    ReplayManifest Manifest { get; }

    /// <summary>A batch of the configured size, to be filled by <see cref="Sample"/> again and again.</summary>
    SequenceBatch CreateBatch();

    /// <summary>Fills <paramref name="batch"/> with chunks drawn anew.</summary>
    /// <exception cref="ArgumentException">The batch is not of this replay's size.</exception>
    /// <exception cref="ReverieException">There is no chunk to draw.</exception>
    void Sample(SequenceBatch batch);

    /// <summary>Keeps what an update found out about the rows of a batch: the latents that it left there, where any are
    /// kept.</summary>
    void WriteBack(SequenceBatch batch)
    {
    }
}
