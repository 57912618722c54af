using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Tests.Fakes;

/// <summary>DreamerV3 with layers of a few units, and chunks that begin anywhere in a stream.</summary>
internal static class SmallDreamerV3
{
    public static Config Config { get; } = Of();

    /// <summary>The preset with small layers, and settings on top.</summary>
    public static Config Of(params string[] settings) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = ["dreamerv3", "tiny"],
        Overrides =
        [
            .. new[]
            {
                "*_units=12", "actor.units=12", "critic.units=12", "model.hidden=8", "model.deter=16", "model.stoch=3",
                "model.cnn_depth=2", $"replay.chunk_length={SmallPlaNet.Length}", $"replay.batch_size={SmallPlaNet.Batch}",
                "imagination.horizon=4",
            }.Concat(settings).Select(ConfigOverride.Parse),
        ],
    }).Config;

    public static DreamerV3 Agent(Config? config = null, EpisodeLayout? layout = null, DType precision = DType.Float32) =>
        new(config ?? Config, layout ?? SmallPlaNet.Layout, Device.Cpu, precision);

    /// <summary>Random rows after random latents; of the first chunk row 2 begins an episode, so that row 1 ended
    /// one.</summary>
    public static SequenceBatch Rows(DreamerV3 agent, ulong seed = 1)
    {
        var from = SmallPlaNet.Rows(seed, reset: 2, agent.Model.Layout);
        var batch = new SequenceBatch(from.Layout, from.L, from.B, agent.LatentRows);
        from.Image.CopyTo(batch.Image, 0);
        from.Vector.CopyTo(batch.Vector, 0);
        from.Action.CopyTo(batch.Action, 0);
        from.Reward.CopyTo(batch.Reward, 0);
        from.IsFirst.CopyTo(batch.IsFirst, 0);
        batch.IsLast[SmallPlaNet.Batch] = true;
        var random = new RandomSource(seed + 100);
        var context = batch.Context!;
        for (var i = 0; i < context.Deter.Length; i++) context.Deter[i] = (float)random.NextDouble(-1, 1);
        for (var i = 0; i < context.Classes.Length; i++) context.Classes[i] = random.NextInt(context.Shape.Classes);
        if (batch.Layout.OneHot)
            for (var row = 0; row < batch.L * batch.B; row++)
            {
                batch.Action.AsSpan(row * batch.A, batch.A).Clear();
                batch.Action[row * batch.A + row * 7 % batch.A] = 1;
            }
        return batch;
    }

    public static ModelBatch Batch(this DreamerV3 agent, ulong seed = 1) =>
        agent.Model.Preprocess(ModelBatch.From(Rows(agent, seed), Device.Cpu), 0);
}
