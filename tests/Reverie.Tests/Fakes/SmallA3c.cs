using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Tests.Fakes;

/// <summary>A3C with layers of a few units, and random rollouts.</summary>
internal static class SmallA3c
{
    public const int Steps = 4, Workers = 3;

    /// <summary>The preset with small layers, and settings on top.</summary>
    public static Config Of(params string[] settings) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = ["a3c", "tiny"],
        Overrides =
        [
            .. new[]
            {
                "model.vector_units=6", "actor.units=6", "critic.units=6", "model.cnn_depth=2", "optimizer.anneal=false",
                "model.encoder=vector",
            }.Concat(settings).Select(ConfigOverride.Parse),
        ],
    }).Config;

    public static A3c Agent(EpisodeLayout? layout = null, params string[] settings) =>
        new(Of(settings), layout ?? SmallPlaNet.LayoutOf("vector"), Device.Cpu);

    /// <summary>Random rollouts. Of the first worker row 2 is last, by a time limit, and row 3 begins the next episode; of the
    /// second row 1 is a true end, and row 2 begins.</summary>
    public static SequenceBatch Rows(A3c agent, ulong seed = 1, int workers = Workers)
    {
        var (random, layout) = (new RandomSource(seed), agent.Layout);
        var batch = new SequenceBatch(layout, Steps + 1, workers, agent.MemoryRows);
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        for (var i = 0; i < batch.Vector.Length; i++) batch.Vector[i] = (float)random.NextDouble(-2, 2);
        for (var i = 0; i < batch.Reward.Length; i++) batch.Reward[i] = (float)random.NextDouble(-1, 1);
        for (var i = 0; i < batch.Context!.Deter.Length; i++) batch.Context.Deter[i] = (float)random.NextDouble(-1, 1);
        Array.Fill(batch.Mask, true);
        for (var row = 0; row < batch.L * workers; row++)
            foreach (var group in layout.Groups)
            {
                var action = batch.Action.AsSpan(row * batch.A + group.Start, group.Size);
                if (group.IsChoice) action[random.NextInt(group.Size)] = 1;
                else
                    foreach (ref var value in action) value = (float)random.NextDouble(-0.9, 0.9);
            }
        if (workers < 2) return batch;
        batch.IsLast[2 * workers] = batch.IsFirst[3 * workers] = true;
        batch.IsLast[workers + 1] = batch.IsTerminal[workers + 1] = batch.IsFirst[2 * workers + 1] = true;
        return batch;
    }

    /// <summary>The rollout of one worker alone.</summary>
    public static SequenceBatch Column(this SequenceBatch all, int worker)
    {
        var one = new SequenceBatch(all.Layout, all.L, 1, all.Context!.Shape);
        for (var k = 0; k < all.L; k++)
        {
            var row = k * all.B + worker;
            Copy(all.Image, one.Image, row, k, all.Layout.ImageSize);
            Copy(all.Vector, one.Vector, row, k, all.Layout.VectorSize);
            Copy(all.Action, one.Action, row, k, all.A);
            Copy(all.Mask, one.Mask, row, k, all.Layout.MaskSize);
            (one.Reward[k], one.IsFirst[k], one.IsLast[k], one.IsTerminal[k]) =
                (all.Reward[row], all.IsFirst[row], all.IsLast[row], all.IsTerminal[row]);
        }
        Copy(all.Context.Deter, one.Context!.Deter, worker, 0, all.Context.Shape.DeterSize);
        return one;

        static void Copy<T>(T[] from, T[] to, int row, int k, int size) =>
            Array.Copy(from, row * size, to, k * size, size);
    }

    public static ModelBatch OnDevice(this SequenceBatch batch) => ModelBatch.From(batch, Device.Cpu);
}
