using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>Times what a batch takes from a filled replay to the input of the network.</summary>
internal sealed class ReplayBenchmark : IDisposable
{
    // So many batches of rows lie in the replay, that hardly anything of one is still in the processor's caches.
    private const int Batches = 5, MostRows = 25_000, Decisions = 250;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reverie-bench-");
    private readonly ReplayBuffer replay;

    /// <summary>Fills a replay of the configuration's.</summary>
    /// <param name="config">batch, chunk, memory, seed</param>
    /// <param name="layout">what a row is made of</param>
    /// <param name="stop">leaves between two episodes</param>
    public ReplayBenchmark(Config config, EpisodeLayout layout, CancellationToken stop)
    {
        replay = new ReplayBuffer(new EpisodeStore(folder.FullName), layout, config.Replay,
            RandomSource.Derive((ulong)config.Seed));
        var (recorder, length) = (new EpisodeRecorder(layout), Math.Max(Decisions, config.Replay.ChunkLength));
        var due = Math.Min(Batches * config.Replay.BatchSize * config.Replay.ChunkLength, MostRows);
        while (replay.Decisions < due)
        {
            stop.ThrowIfCancellationRequested();
            replay.Add(Episode(recorder, layout, length));
        }
    }

    /// <summary>Samples, copies and converts batches.</summary>
    /// <param name="model">whose input they become</param>
    /// <param name="device">where to</param>
    /// <param name="precision">type of the network</param>
    /// <param name="timing">how often</param>
    public ReplayMeasurement Measure(WorldModel model, Device device, DType precision, Timing timing)
    {
        var batch = replay.CreateBatch();
        var seconds = timing.Stages(3, ended =>
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            replay.Sample(batch);
            ended();
            var copied = ModelBatch.From(batch, device);
            ended();
            var seen = model.Preprocess(copied.Seen, noiseSeed: 1);
            foreach (var part in new[] { seen.Image, seen.Vector })
                part?.To(precision).Narrow(0, 0, 1).Flatten()[0].Item();
            ended();
        });
        return new("replay", seconds[^1], batch.B, batch.L, replay.EpisodesInMemory, replay.MemoryBytes, seconds[0],
            seconds[1], seconds[2]);
    }

    /// <summary>Deletes the episodes.</summary>
    public void Dispose() => folder.Delete(recursive: true);

    // What the numbers are does not matter to how fast they are read; that files of them are small matters to waiting.
    private static Episode Episode(EpisodeRecorder recorder, EpisodeLayout layout, int decisions)
    {
        var (image, vector) = (new byte[layout.ImageSize], new float[layout.VectorSize]);
        var action = new float[layout.ActionSize];
        action[0] = 1;
        for (var t = 0; t <= decisions; t++)
        {
            Array.Fill(image, (byte)t);
            Array.Fill(vector, t);
            var step = new TimeStep
            {
                Image = image, Vector = vector, IsFirst = t == 0, IsLast = t == decisions,
                ActionMask = [.. Enumerable.Repeat(true, layout.MaskSize)],
            };
            if (t == 0)
                recorder.Begin(step);
            else
                recorder.Add(action, step);
        }
        return recorder.Finish();
    }
}
