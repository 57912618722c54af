using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Tests.Fakes;

/// <summary>PlaNet with layers of a few units, and random things to feed it.</summary>
internal static class SmallPlaNet
{
    public const int Length = 5, Batch = 2, ActionSize = 2;

    public static Config Config { get; } = new()
    {
        Model = new()
        {
            CnnDepth = 2, Stoch = 3, Deter = 5, Hidden = 8, Activation = "elu", RewardLayers = 1, RewardUnits = 6,
            VectorLayers = 2, VectorUnits = 7,
        },
        Planner = new() { Horizon = 3, Iterations = 2, Candidates = 6, Elites = 2 },
        Replay = new() { BatchSize = Batch, ChunkLength = Length },
        Loss = new() { FreeNats = 0 },
    };

    public static EpisodeLayout Layout { get; } = new(new ImageSpace(), 0, ActionSize);

    /// <summary>What <c>model.encoder</c> asks for: pixels, a vector of four entries, or both.</summary>
    public static EpisodeLayout LayoutOf(string encoder) =>
        new(encoder == "vector" ? null : new ImageSpace(), encoder == "pixels" ? 0 : 4, ActionSize);

    public static PlaNet Agent(Config? config = null, DType precision = DType.Float32, EpisodeLayout? layout = null) =>
        new(config ?? Config, layout ?? Layout, Device.Cpu, precision);

    public static Config With(this Config config, Func<LossConfig, LossConfig> loss) =>
        config with { Loss = loss(config.Loss) };

    public static Config With(this Config config, Func<ModelConfig, ModelConfig> model) =>
        config with { Model = model(config.Model) };

    /// <summary>Random rows; row <paramref name="reset"/> of the first chunk, if any, begins an episode.</summary>
    public static SequenceBatch Rows(ulong seed = 1, int? reset = null, EpisodeLayout? layout = null)
    {
        var random = new RandomSource(seed);
        var batch = new SequenceBatch(layout ?? Layout, Length, Batch);
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        for (var i = 0; i < batch.Action.Length; i++) batch.Action[i] = (float)random.NextDouble(-1, 1);
        for (var i = 0; i < batch.Reward.Length; i++) batch.Reward[i] = (float)random.NextDouble();
        for (var i = 0; i < batch.Vector.Length; i++) batch.Vector[i] = (float)random.NextDouble(-9, 9);
        if (reset is { } row) batch.IsFirst[row * Batch] = true;
        return batch;
    }

    /// <summary>One observation for each environment.</summary>
    public static TimeStep[] Observations(ulong seed, params bool[] first) => Observations(Layout, seed, first);

    public static TimeStep[] Observations(EpisodeLayout layout, ulong seed, params bool[] first)
    {
        var random = new RandomSource(seed);
        return Array.ConvertAll(first, isFirst => new TimeStep
        {
            Image = [.. Enumerable.Range(0, layout.ImageSize).Select(_ => (byte)random.NextInt(256))],
            Vector = [.. Enumerable.Range(0, layout.VectorSize).Select(_ => (float)random.NextDouble(-9, 9))],
            IsFirst = isFirst,
        });
    }
}
