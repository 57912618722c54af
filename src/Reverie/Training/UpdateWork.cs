using System.Diagnostics;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>Updates of an agent, one after the other: what they measure until it is logged, how long they take, and what they
/// learned from where a loss is not finite.</summary>
/// <param name="config">The run's configuration.</param>
/// <param name="run">Takes a batch that no loss came of.</param>
/// <param name="agent">Who learns.</param>
/// <param name="saved">The checkpoint that the run goes on from, whose averages go on too; null where it begins.</param>
internal sealed class UpdateWork(Config config, RunDirectory run, IAgent agent, Checkpoint? saved) : IDisposable
{
    private readonly MetricMeter meter = new(agent.Device, saved?.Average);
    private SequenceBatch? batch;    // the last one learned from
    private double seconds;
    private int timed;

    /// <summary>Averages that are not logged yet, for the checkpoint.</summary>
    public MetricAverage? Average => meter.Average;

    /// <summary>Whether a loss was found not to be finite.</summary>
    public bool HasFailed => meter.NotFinite is not null;

    /// <summary>One update.</summary>
    /// <param name="replay">Where from.</param>
    /// <param name="batch">What is filled.</param>
    /// <param name="seed">Decides its randomness.</param>
    public void Do(IReplay replay, SequenceBatch batch, ulong seed)
    {
        var watch = Stopwatch.StartNew();
        if (replay is ReplayBuffer { CanSample: false } few) throw ChunkAdvice.NothingToDraw(config, few.Lengths);
        this.batch = batch;
        replay.Sample(batch);
        using (var scope = new TensorScope())
            meter.Add(run.Ranks.Means(agent.Update(batch, seed)));
        replay.WriteBack(batch);
        (seconds, timed) = (seconds + watch.Elapsed.TotalSeconds, timed + 1);
    }

    /// <summary>Reads the numbers of all updates so far from the device.</summary>
    public void Read() => meter.Read();

    /// <summary>Means since they were last taken, for a line of the log.</summary>
    public Dictionary<string, double> Take()
    {
        var values = meter.Take();
        values["update_seconds"] = seconds / timed;
        if (run.Ranks.TakeCommunication() is { } communicating) values["communication_seconds"] = communicating / timed;
        (seconds, timed) = (0, 0);
        return values;
    }

    /// <summary>Complains where a number that was read is not finite, and keeps the batch.</summary>
    /// <param name="updates">How many there were.</param>
    /// <exception cref="NotFiniteException">One is not.</exception>
    public void DemandFinite(long updates)
    {
        if (meter.NotFinite is not { } found) return;
        var file = Path.Combine(run.Path, "failure", $"batch-{updates:D9}.npz");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        BatchArchive.Write(file, batch!);
        throw new NotFiniteException(NotFinite.Line(
            found, updates, batch!, config, Compute.PrecisionOn(agent.Device, config.Compute), file,
            CheckpointFolders.NewestUpdates(run.Checkpoints)));
    }

    /// <summary>Frees what waits to be logged.</summary>
    public void Dispose()
    {
        meter.Dispose();
        batch?.Hold(null);
    }
}
