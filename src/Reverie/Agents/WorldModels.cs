using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using Reverie.Torch.Ranks;

namespace Reverie.Agents;

/// <summary>
/// World Models (Ha and Schmidhuber 2018, "Recurrent World Models Facilitate Policy Evolution"): V compresses what is
/// seen, M predicts it, C, a few hundred numbers, acts on both. V and M learn by gradient descent from random episodes
/// and know no reward; C is found by an evolution strategy, in the environment or in the dream of M.
/// </summary>
/// <remarks><code>
/// row t of a chunk      0          1                2              action[t] led to o[t]
/// V                    z_0        z_1              z_2             z_t ~ q(z | o_t), drawn anew in every batch
/// M                    –     h_1(z_0, a_1)    h_2(z_1, a_2, h_1)   predicts z_t, done[t], reward[t]
/// losses of M                    t=1              t=2              rows that begin an episode follow from nothing
/// C                   a_1         a_2              a_3             from [z_t, h_t], h_0 = 0
/// </code>
/// One update learns V from a batch of pictures and M from a batch of V's encodings: which of them comes when is
/// <see cref="Training.PhaseTrainer"/>'s to know.</remarks>
public sealed class WorldModels : IDreamingAgent, ILatentWorld, IDreamingStep, ILearnsInRanks
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "world_models",
        Make = (config, layout, device, precision) => new WorldModels(config, layout, device, precision),
        Loop = TrainingLoop.Phases,
        LearnsInRanks = true,
        PlaysRandomWeights = true,
        Rules = (config, demand) => demand(config.Model.Encoder == "pixels", "model.encoder",
            $"{config.Model.Encoder}, but agent = {config.Agent} learns from pictures alone; set it to pixels"),
        Timed = ["update_v", "update_m", "evolve"],
        Section = static (_, learned) => learned.Image is null ? "memory" : "vae",
    };

    private readonly Config config;
    private readonly Optimizer vaeOptimizer, memoryOptimizer;
    private IGlobalStatistics batchOfAll = Alone.Instance;

    /// <summary>Makes the three parts with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions; losses and parameters stay float32.</param>
    /// <exception cref="ReverieException">The environment shows no pictures, or those that no encoder takes.</exception>
    public WorldModels(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
    {
        if (layout.Image is not { } image || layout.VectorSize > 0)
            throw new ConfigurationException(
                $"world_models learns from pictures alone; the environment gives {layout}");
        (this.config, Layout, Device) = (config, layout, device);
        using var scope = new TensorScope();
        using var random = ParameterSource.Of(config);
        var init = new Initializer(device, random);
        Vae = new Vae(config.Vae, image, config.Model.CnnDepth, precision, init);
        Memory = new MdnRnn(config.Memory, config.Vae.Latents, layout.ActionSize, init);
        Controller = new Controller(config.Controller, Memory, layout.Groups);
        Search = new CmaEs(
            new double[Controller.ParameterCount], config.Controller.StepSize, config.Controller.Population);
        vaeOptimizer = OptimizerChoice.Adam(config.Optimizer, Vae.NamedParameters(), config.Vae.LearningRate);
        memoryOptimizer = OptimizerChoice.Adam(
            config.Optimizer, Memory.NamedParameters(), config.Memory.LearningRate, config.Memory.ClipValue);
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public EpisodeLayout Layout { get; }

    /// <summary>V.</summary>
    public Vae Vae { get; }

    /// <summary>M.</summary>
    public MdnRnn Memory { get; }

    /// <summary>C, what its parameters mean.</summary>
    public Controller Controller { get; }

    /// <summary>The search for C's parameters; its mean is C.</summary>
    public CmaEs Search { get; }

    /// <summary>What a row of V's encodings is made of: μ and ln σ² in place of the picture.</summary>
    public EpisodeLayout Encoded => Layout with { Image = null, VectorSize = 2 * Vae.Latents };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules =>
        new Dictionary<string, Module> { ["vae"] = Vae, ["memory"] = Memory, ["controller"] = Search };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers =>
        new Dictionary<string, Optimizer> { ["vae"] = vaeOptimizer, ["memory"] = memoryOptimizer };

    /// <inheritdoc/>
    /// <remarks>Pictures teach V, encodings teach M.</remarks>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device, seed);
        var losses = batch.Layout.Image is null
            ? MemoryLosses(ModelBatch.From(batch, Device), noise)
            : VaeLosses(Observation.From(batch, Device).Image!, noise);
        var total = losses.Values.Aggregate((sum, term) => sum + term);
        var measures = losses.ToDictionary(pair => $"loss_{pair.Key}", pair => pair.Value.Detach());
        measures["gradient_norm"] = batch.Layout.Image is null ? StepMemory(total) : vaeOptimizer.Step(total);
        measures["loss"] = total.Detach();
        foreach (var measure in measures.Values) scope.Return(measure);
        return measures;
    }

    /// <summary>V: Σ (x − y)² and the divergence with its floor, means over pictures (N, C, H, W) of bytes.</summary>
    public Dictionary<string, Tensor> VaeLosses(Tensor pictures, Generator noise)
    {
        var (image, kl) = Vae.Losses(Vae.Preprocess(pictures), Tensor.Randn([pictures.Size(0), Vae.Latents], noise));
        return new() { ["image"] = image.Mean(), ["kl"] = kl.Mean() };
    }

    /// <summary>M: −ln p of the next latent, a mean over its dimensions (Wc); cross-entropy of done, ends weighing
    /// more; (r − r̂)². Means over the rows that follow from another.</summary>
    /// <param name="batch">Encodings as its vectors.</param>
    /// <param name="noise">Draws the latents.</param>
    public Dictionary<string, Tensor> MemoryLosses(ModelBatch batch, Generator noise)
    {
        var (length, count) = (batch.Length, batch.Batch);
        var embed = batch.Seen.Vector!.Reshape(length, count, -1);                          // (L, B, 2Z)
        var latents = Vae.Latent(embed).Sample(
            Memory.Noise([length, count], noise).Narrow(-1, Vae.Latents, Vae.Latents));     // (L, B, Z)
        var memories = Memory.Remember(latents, batch.Action, batch.Continues, Memory.Initial(count));
        var rows = length - 1;
        var hidden = Tensor.Stack([.. memories.Skip(1).Select(memory => memory.Hidden)]);   // (L − 1, B, units)
        var next = Memory.Read(hidden);                                                     // (L − 1, B, ·)
        var valid = batch.Continues?.Narrow(0, 1, rows).Squeeze(-1)
            ?? Tensor.Ones([rows, count], device: Device);                                  // (L − 1, B)
        var rowsThatCount = batchOfAll.Mean(valid.Sum()).Clamp(1.0 / batchOfAll.Count, null);
        Tensor Mean(Tensor loss) => (loss * valid).Sum() / rowsThatCount;

        var density = next.Next.Mixture.LogProb(latents.Narrow(0, 1, rows));
        var losses = new Dictionary<string, Tensor> { ["latent"] = Mean(density / -Vae.Latents) };
        if (next.DoneLogit is { } logit)
        {
            var ends = batch.Terminal.Narrow(0, 1, rows);
            var crossEntropy = logit.Softplus() - ends * logit;
            losses["done"] = Mean(crossEntropy * (ends * (config.Memory.DoneWeight - 1) + 1));
        }
        if (next.Reward is { } reward)
            losses["reward"] = Mean((reward - batch.Reward.Narrow(0, 1, rows)).Square());
        return losses;
    }

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        using var scope = new TensorScope();
        return Act(observations, state, Parameters([Search.Mean]), mode);
    }

    /// <summary>Acts with parameters (N, n), one row an environment, or (1, n).</summary>
    internal float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, Tensor parameters,
        ActMode mode = ActMode.Evaluate)
    {
        state.Demand(observations);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var belief = Filter(observations, state, mode);
        var action = Controller.Act(Controller.Features(belief), parameters, ActionMasks.Of(observations, Layout, Device));
        var result = action.ToArray<float>();
        state.Remember(belief, action);
        return result;
    }

    /// <summary>Parameter vectors as a tensor (N, n) on the agent's device.</summary>
    internal Tensor Parameters(double[][] rows) =>
        Tensor.FromArray([.. rows.SelectMany(row => row)], [rows.Length, Search.Size]).To(DType.Float32).To(Device);

    /// <summary>Encodings (rows, 2Z) of an episode's pictures.</summary>
    public float[] Encode(Episode episode)
    {
        const int Together = 256;
        var (encodings, size) = (new float[episode.Rows * 2 * Vae.Latents], episode.Layout.ImageSize);
        for (var from = 0; from < episode.Rows; from += Together)
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            var rows = Math.Min(Together, episode.Rows - from);
            var space = episode.Layout.Image!;
            var pictures = Tensor.FromArray((ReadOnlySpan<byte>)episode.Image.AsSpan(from * size, rows * size),
                [rows, space.Height, space.Width, space.Channels], Device).Permute(0, 3, 1, 2);
            Vae.Encode(Vae.Preprocess(pictures))
                .CopyTo(encodings.AsSpan(from * 2 * Vae.Latents, rows * 2 * Vae.Latents));
        }
        return encodings;
    }

    /// <inheritdoc/>
    void ILearnsInRanks.Share(IGlobalStatistics batch) => batchOfAll = batch;

    /// <inheritdoc/>
    LatentDynamics ILatentWorld.Dynamics => Memory;

    /// <inheritdoc/>
    LatentState ILatentWorld.Begin(ReadOnlySpan<TimeStep> rows, Generator noise)
    {
        var encoded = Vae.Latent(Vae.Encode(Vae.Preprocess(Observation.From(rows, Layout, Device).Image!)));
        var latent = encoded.Sample(Tensor.Randn([rows.Length, Vae.Latents], noise));
        return new(Memory.Initial(rows.Length).Deter, latent, encoded);
    }

    /// <inheritdoc/>
    bool ILatentWorld.PredictsReward => Memory.HasReward;

    /// <summary>M's, or 1 for every decision survived where it predicts none (W §4).</summary>
    Tensor ILatentWorld.RewardOf(LatentState state) =>
        Memory.Predict(state.Deter).Reward ?? Tensor.Ones([state.Deter.Size(0)], device: Device);

    /// <inheritdoc/>
    Tensor? ILatentWorld.ContinuesAfter(LatentState state) =>
        Memory.Predict(state.Deter).DoneLogit is { } done ? (-done).Sigmoid() : null;

    /// <inheritdoc/>
    Tensor ILatentWorld.Pictures(LatentState state) => Vae.AsBytes(Vae.Decode(state.Stoch));

    /// <inheritdoc/>
    public void Dispose()
    {
        vaeOptimizer.Dispose();
        memoryOptimizer.Dispose();
        Vae.Dispose();
        Memory.Dispose();
        Search.Dispose();
    }

    /// <inheritdoc/>
    ILatentWorld IDreamingAgent.World => this;

    /// <inheritdoc/>
    bool IDreamingAgent.HasTemperature => true;

    /// <inheritdoc/>
    ShownRows IDreamingAgent.OpenLoop(SequenceBatch chunk, int context, double temperature, ulong seed) =>
        WorldModelsDream.OpenLoop(this, chunk, context, temperature, seed);

    /// <inheritdoc/>
    public float[] ActOn(LatentState belief, AgentState state, ActMode mode)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return Controller.Act(Controller.Features(belief), Parameters([Search.Mean])).ToArray<float>();
    }

    /// <inheritdoc/>
    LatentState IActingStep.Initial(long rows) => Memory.Initial(rows);

    /// <inheritdoc/>
    LatentState IActingStep.Filter(
        Tensor mask, Tensor action, LatentState previous, Observation seen, Generator noise, ActMode mode) =>
        Belief(Memory.Recur(previous, action) * mask, seen, noise, mode);

    /// <inheritdoc/>
    Tensor IActingStep.Choose(LatentState belief, Tensor? allowed, Generator noise, ActMode mode) =>
        Controller.Act(Controller.Features(belief), Search.MeanRow, allowed);

    /// <inheritdoc/>
    Tensor? IDreamingStep.Allowed(LatentState belief) => null;

    /// <inheritdoc/>
    Tensor? IActingStep.Value(LatentState belief) => null;

    // State of row t: the memory after rows < t, empty where an episode begins, and what V sees.
    private LatentState Filter(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        var continues = new float[observations.Length];
        for (var n = 0; n < continues.Length; n++) continues[n] = observations[n].IsFirst ? 0 : 1;
        var mask = Tensor.FromArray(continues, [continues.Length, 1], Device);
        var deter = state.Latent is { } latent
            ? Memory.Recur(latent, state.Action!) * mask
            : Memory.Initial(state.Count).Deter;
        return Belief(deter, Observation.From(observations, Layout, Device), state.Noise, mode);
    }

    private LatentState Belief(Tensor deter, Observation seen, Generator noise, ActMode mode)
    {
        var encoded = Vae.Latent(Vae.Encode(Vae.Preprocess(seen.Image!)));
        // Drawn even where it is not used, so that the numbers that follow stay what they were.
        var epsilon = mode == ActMode.Deterministic ? null : Tensor.Randn([deter.Size(0), Vae.Latents], noise);
        return new(deter, encoded.Sample(config.Controller.SampleLatent ? epsilon : null), encoded);
    }

    private Tensor StepMemory(Tensor loss)
    {
        var (config, taken) = (this.config.Memory, memoryOptimizer.StepCount);
        memoryOptimizer.LearningRate = Math.Min(config.LearningRate,
            Math.Max(config.LearningRateFloor, config.LearningRate * Math.Pow(config.LearningRateDecay, taken)));
        return memoryOptimizer.Step(loss);
    }
}
