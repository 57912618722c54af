using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Agents by the name of a case, what they learn from, and a rank's share of it.</summary>
internal static class RankAgents
{
    public const int Batch = 4, Length = 5;

    // With its own ε it takes a whole step by the sign of a gradient that is 0 but for rounding.
    private static readonly string[] LaProp = ["optimizer.warm_up=0", "optimizer.epsilon=1e-5"];

    private static EpisodeLayout Pictured { get; } = new(new ImageSpace(18, 18, 3), 0, 2);

    public static IAgent Agent(string kind, int seed, double freeNats)
    {
        var layout = SmallPlaNet.LayoutOf("vector");
        Config Vector(Config config) => (config with { Seed = seed }).With(
            (ModelConfig model) => model with { Encoder = "vector" });
        // With its own ε Adam, too, takes a whole step by the sign of a gradient that is 0 but for rounding.
        Config ControlOf(string agent, string setting) => ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack($"{agent},tiny"),
            Overrides = [.. new[] { setting, $"seed={seed}", "optimizer.epsilon=1e-5",
                $"replay.priority={(kind.EndsWith("priorities", StringComparison.Ordinal) ? 0.6 : 0)}" }.Select(ConfigOverride.Parse)],
        }).Config;
        return kind switch
        {
            "planet" => SmallPlaNet.Agent(Vector(SmallPlaNet.Config), layout: layout),
            "planet, overshooting" => SmallPlaNet.Agent(Vector(SmallPlaNet.Config).With((LossConfig loss) => loss with
            {
                Overshooting = loss.Overshooting with { Distance = 3, Reward = 1 },
            }), layout: layout),
            "planet, infonce" => SmallPlaNet.Agent(Vector(SmallPlaNet.Config).With((LossConfig loss) => loss with
            {
                Representation = "infonce",
            }), layout: layout),
            "planet, contrastive" or "planet, contrastive rolled" => SmallPlaNet.Agent(Vector(SmallPlaNet.Config)
                .With((LossConfig loss) => loss with
                {
                    Representation = "contrastive",
                    Contrastive = kind.EndsWith("rolled", StringComparison.Ordinal)
                        ? new() { Units = 16, WindowRolls = true, Negatives = "states" } : new() { Units = 16 },
                }), layout: layout),
            "d4pg" or "d4pg, priorities" => new D4pg(ControlOf("d4pg", "actor.scale=1"), layout, Device.Cpu),
            // With crops as large as pictures nothing is drawn that would depend on how they are divided.
            "curl" or "curl, priorities" => new Curl(ControlOf("curl", "model.crop=18"), Pictured, Device.Cpu),
            "a3c" or "a3c, lstm" => SmallA3c.Agent(layout, kind == "a3c" ? "model.lstm=0" : "model.lstm=5", $"seed={seed}"),
            "dreamer" => SmallDreamer.Agent(Vector(SmallDreamer.Config), layout: layout),
            "dreamerv2" => SmallDreamerV2.Agent(Vector(SmallDreamerV2.Config).With((LossConfig loss) => loss with
            {
                FreeNats = freeNats,
            }), layout: layout),
            "dreamerv3" => SmallDreamerV3.Agent(Vector(SmallDreamerV3.Of(LaProp)), layout),
            "dreamerv3, dynamics" => SmallDreamerV3.Agent(
                Vector(SmallDreamerV3.Of([.. LaProp, "actor.gradient=dynamics"])), layout),
            _ => new WorldModels(ConfigReader.Resolve(new ConfigSources
            {
                Presets = Presets.Stack("world_models,tiny"),
                Overrides = [.. new[] { "vae.latents=4", "memory.units=6", "memory.done=true", "memory.reward=true",
                    "model.cnn_depth=2", $"seed={seed}" }.Select(ConfigOverride.Parse)],
            }).Config, new(new ImageSpace(), 0, 2), Device.Cpu),
        };
    }

    public static SequenceBatch Rows(string kind, IAgent agent)
    {
        if (agent is A3c workers) return SmallA3c.Rows(workers, workers: Batch);
        var layout = agent is WorldModels world ? kind.EndsWith('v') ? world.Layout : world.Encoded
            : agent is Curl ? Pictured : SmallPlaNet.LayoutOf("vector");
        var batch = new SequenceBatch(layout, Length, Batch, (agent as IStepAgent)?.LatentRows);
        var random = new RandomSource(3);
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        for (var i = 0; i < batch.Action.Length; i++) batch.Action[i] = (float)random.NextDouble(-1, 1);
        // Chunks are not alike: what holds in the mean of all does not in every share.
        for (var i = 0; i < batch.Reward.Length; i++) batch.Reward[i] = (float)random.NextDouble() * (1 + i % Batch);
        for (var i = 0; i < batch.Vector.Length; i++)
            batch.Vector[i] = (float)random.NextDouble(-1, 1) * (1 + i / layout.VectorSize % Batch);
        for (var i = 0; batch.Context is { } context && i < context.Deter.Length; i++)
            context.Deter[i] = (float)random.NextDouble(-1, 1);
        for (var i = 0; batch.Context is { } context && i < context.Classes.Length; i++)
            context.Classes[i] = random.NextInt(context.Shape.Classes);
        for (var b = 0; b < Batch; b++) batch.Weights[b] = kind.EndsWith("priorities", StringComparison.Ordinal) ? 0.5f + b : 1;
        foreach (var row in (int[])[2 * Batch, 3 * Batch + 1, 3 * Batch]) batch.IsFirst[row] = true;
        foreach (var row in (int[])[Batch, 2 * Batch + 1, 4 * Batch + 3]) batch.IsLast[row] = batch.IsTerminal[row] = true;
        return batch;
    }

    // Some chunks of a batch, as a rank has them.
    public static SequenceBatch Share(SequenceBatch all, int from, int count)
    {
        var share = new SequenceBatch(all.Layout, all.L, count, all.Latents?.Shape);
        foreach (var (source, target, rows) in new (Array, Array, int)[]
        {
            (all.Image, share.Image, all.L), (all.Vector, share.Vector, all.L), (all.Action, share.Action, all.L),
            (all.Reward, share.Reward, all.L), (all.IsFirst, share.IsFirst, all.L), (all.IsLast, share.IsLast, all.L),
            (all.IsTerminal, share.IsTerminal, all.L),
            (all.Mask, share.Mask, all.L), (all.Weights, share.Weights, 1),
            (all.Context?.Deter ?? [], share.Context?.Deter ?? [], 1),
            (all.Context?.Classes ?? [], share.Context?.Classes ?? [], 1),
        })
        {
            var width = source.Length / (rows * all.B);
            for (var t = 0; t < rows; t++)
                Array.Copy(source, (t * all.B + from) * width, target, t * count * width, count * width);
        }
        return share;
    }
}
