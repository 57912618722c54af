using System.Runtime.InteropServices;
using Reverie.Configuration;

namespace Reverie.Replay;

/// <summary>
/// Draws where chunks begin by how much was last to be learned there, p: with a probability that goes with p^α (Schaul et al.
/// 2016). A place that was not learned from yet has the largest p that there was. The weight 1 / (n P) that makes up for it goes
/// to the batch, n places being held.
/// </summary>
/// <remarks>p is kept beside the row before the chunk, and what is drawn by is worked out from it alone.</remarks>
/// <param name="config">α, above 0, and the rows of a chunk.</param>
/// <param name="streams">Whose rows.</param>
internal sealed class PrioritySampler(ReplayConfig config, RowStream[] streams)
{
    private const double Unit = 1 << 20;        // of p^α, as whole numbers

    private readonly PriorityTree[] trees = Array.ConvertAll(streams, _ => new PriorityTree());
    private readonly long[] ends = new long[streams.Length];     // after the last place of each that is held
    private readonly StreamPlace[] drawn = new StreamPlace[config.BatchSize];

    /// <summary>The largest p that there was.</summary>
    public float Largest { get; private set; } = 1;

    /// <summary>Takes in the rows that have come, whose places nobody has learned from, and drops those that have left.</summary>
    public void Follow()
    {
        for (var n = 0; n < streams.Length; n++)
        {
            trees[n].DropBefore(streams[n].Begin);
            ends[n] = Math.Max(ends[n], streams[n].Begin);
            for (; ends[n] < streams[n].End - config.ChunkLength; ends[n]++)
            {
                Keep(n, ends[n], Largest);
                trees[n].Add(Number(Largest));
            }
        }
    }

    /// <summary>Works all out again from what is kept beside the rows.</summary>
    /// <param name="largest">The largest p that there was.</param>
    public void Read(float largest)
    {
        Largest = largest;
        for (var n = 0; n < streams.Length; n++)
        {
            trees[n].BeginAt(streams[n].Begin);
            for (ends[n] = streams[n].Begin; ends[n] < streams[n].End - config.ChunkLength; ends[n]++)
                trees[n].Add(Number(Kept(n, ends[n])));
        }
    }

    /// <summary>A place to begin after, in one of a task's streams.</summary>
    /// <param name="random">Draws it.</param>
    /// <param name="task">Which; its streams are those whose number is the task's mod <paramref name="tasks"/>.</param>
    /// <param name="tasks">How many there are, each drawn from as often as the others.</param>
    public StreamPlace Draw(RandomSource random, int task, int tasks)
    {
        var sum = (long)(random.NextDouble(0, 1) * Total(task, tasks));
        var stream = task;
        for (; sum >= trees[stream].Total; stream += tasks) sum -= trees[stream].Total;
        return new(stream, trees[stream].Find(sum));
    }

    /// <summary>A chunk of a batch begins after a place: its weight is 1 / (n P).</summary>
    public void Drew(StreamPlace place, int tasks, int chunk, SequenceBatch batch)
    {
        drawn[chunk] = place;
        var count = Enumerable.Range(0, streams.Length).Sum(n => ends[n] - streams[n].Begin);
        batch.Weights[chunk] = (float)(
            tasks * (double)Total(place.Stream % tasks, tasks) / ((double)count * trees[place.Stream][place.Place]));
    }

    /// <summary>Takes p of the chunks of the batch that was drawn last. One that is no number is left to whoever stops the run
    /// for it.</summary>
    public void WriteBack(SequenceBatch batch)
    {
        for (var b = 0; b < drawn.Length; b++)
        {
            var (place, priority) = (drawn[b], batch.Priorities[b]);
            if (!float.IsFinite(priority)) continue;
            if (priority < 0) throw new ArgumentException($"chunk {b} has a priority of {priority}, below 0", nameof(batch));
            Largest = Math.Max(Largest, priority);
            Keep(place.Stream, place.Place, priority);
            trees[place.Stream][place.Place] = Number(priority);
        }
    }

    private long Total(int task, int tasks)
    {
        var total = 0L;
        for (var stream = task; stream < trees.Length; stream += tasks) total += trees[stream].Total;
        return total;
    }

    // Never 0, so that no place is lost for good.
    private long Number(float priority) => 1 + (long)(Math.Pow(priority, config.Priority) * Unit);

    private float Kept(int stream, long place) => MemoryMarshal.Read<float>(Bytes(stream, place));

    private void Keep(int stream, long place, float priority) => MemoryMarshal.Write(Bytes(stream, place), in priority);

    private Span<byte> Bytes(int stream, long place)
    {
        var (episode, row) = streams[stream].At(place);
        return episode.LatentAt(row)[^sizeof(float)..];
    }
}
