using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using Reverie.Torch.Ranks;

namespace Reverie.Agents;

/// <summary>
/// A3C (Mnih et al. 2016, "Asynchronous Methods for Deep Reinforcement Learning"): an actor and a critic on one network, which
/// learn from t_max decisions of each of many environments and forget them. The asynchronous workers of the paper are the
/// rows of one batch here, whose gradients are averaged: what is learned from was always done by the parameters that learn.
/// </summary>
/// <remarks><code>
/// row of a rollout      0          1          2      …      T            action[k] led to row k
/// state            (h, c) kept →  …      →   …             …             of the act before row 0; zero where an episode begins
/// action, reward        –        a_1 r_1    a_2 r_2        a_T r_T       a_{k+1} ~ π(· | x_k)
/// value                V_0        V_1        V_2            V_T          V_T is the rollout's bootstrap
/// return R_k           R_0        R_1        R_2    … R_{T−1}            R_k = r_{k+1} + d_{k+1} R_{k+1},  R_T = V_T
///                                                                        d: γ; 0 where the environment truly ended; after
///                                                                        a row that is last for another reason R is its V
/// losses               k=0        k=1        k=2    … k=T−1              not where row k + 1 is that of a reset
/// </code></remarks>
public sealed class A3c : IActingMemory, IActingStep, ICountedAgent, ILearnsInRanks
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "a3c",
        Make = (config, layout, device, precision) => new A3c(config, layout, device, precision),
        Loop = TrainingLoop.Rollouts,
        LearnsInRanks = true,
        Timed = ["update", "act"],
        Rules = (config, demand) =>
        {
            demand(config.Actor.Distribution != "bounded_normal", "actor.distribution", "the samples of bounded_normal leave "
                + "the bounds of actions, so that a3c would learn from others than were done; take trunc_normal or tanh_normal");
            demand(config.Critic.Distribution == "normal", "critic.distribution", "a3c has ½(R − V)²; leave it at normal");
        },
        Section = static (_, _) => "optimizer",
    };

    private readonly Config config;
    private readonly DType precision;
    private readonly LstmCell? lstm;
    private readonly Optimizer optimizer;
    private IGlobalStatistics wholeBatch = Alone.Instance;

    /// <summary>Makes the agent with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions; losses and parameters stay float32.</param>
    /// <exception cref="ReverieException">There is nothing to see, or pictures of a size that no encoder takes.</exception>
    public A3c(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
    {
        if (layout.Image is null && layout.VectorSize == 0)
            throw new ConfigurationException("model: the environment gives neither pictures nor vectors; there is nothing to "
                + "learn from");
        (this.config, this.precision, Layout, Device) = (config, precision, layout, device);
        using var scope = new TensorScope();
        using var random = ParameterSource.Of(config);
        var init = new Initializer(device, random) { Rule = config.Model.InitRule };
        var (activation, norm) = (config.Model.Activation, config.Model.Norm);
        Encoder = new ObservationEncoder(config.Model, layout, precision, init);
        if (config.Model.Lstm > 0) lstm = new LstmCell(Encoder.EmbedSize, config.Model.Lstm, init);
        var features = lstm is null ? Encoder.EmbedSize : config.Model.Lstm;
        Actor = new Actor(features, layout.Groups, config.Actor, activation, init, norm);
        Critic = new Critic(features, config.Critic, activation, init, norm);
        optimizer = OptimizerChoice.Of(config.Optimizer,
            Modules.SelectMany(one => AgentParts.Learned(config, one.Key, one.Value, one.Key + ".")),
            config.Optimizer.LearningRate);
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>What it sees and does.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>From observations to what actor and critic share, before the LSTM if there is one.</summary>
    public ObservationEncoder Encoder { get; }

    /// <summary>π(a | x).</summary>
    public Actor Actor { get; }

    /// <summary>V(x).</summary>
    public Critic Critic { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules
    {
        get
        {
            var all = new Dictionary<string, Module> { ["encoder"] = Encoder, ["actor"] = Actor, ["critic"] = Critic };
            if (lstm is not null) all["lstm"] = lstm;
            return all;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers => new Dictionary<string, Optimizer> { ["all"] = optimizer };

    /// <summary>One update from a rollout of every environment, and a step of the one optimizer of all.</summary>
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device, seed);
        var losses = Losses(ModelBatch.From(batch, Device), noise, out var measures);
        var total = Total(losses);
        optimizer.LearningRate = LearningRate(batch);
        measures["gradient_norm"] = optimizer.Step(total);
        measures["learning_rate"] = Tensor.Full([], optimizer.LearningRate, device: Device);
        measures["loss"] = total.Detach();
        foreach (var value in measures.Values) scope.Return(value);
        return measures;
    }

    /// <summary>The losses of algorithm S3, by their terms, each (T, W); 0 where nothing was done.</summary>
    /// <param name="batch">Rollouts (T + 1, W), as the environments gave them.</param>
    /// <param name="noise">Source of what policies without formulas need.</param>
    /// <param name="measures">What is to be logged.</param>
    public Dictionary<string, Tensor> Losses(ModelBatch batch, Generator noise, out Dictionary<string, Tensor> measures)
    {
        var steps = batch.Length - 1;                                                       // T
        Tensor Before(Tensor all) => all.Narrow(0, 0, steps);
        Tensor After(Tensor all) => all.Narrow(0, 1, steps);
        var features = Features(batch);                                                     // (T + 1, W, F)
        var values = Critic.Forward(features).Mean;                                         // V_0 … V_T
        var policy = Actor.Forward(Before(features), noise, batch.Mask is { } mask ? Before(mask) : null);
        var done = After(batch.Continues!).Squeeze(-1);                                     // 0 before a reset
        var last = batch.Last ?? batch.Terminal;

        // R ← r + γR, from V of the last row, or 0 at a true end
        var returns = LambdaReturn.Rollout(batch.Reward, batch.Terminal, last, values.Detach(), config.Critic.Discount);
        var value = Before(values);
        var advantage = (returns - value).Detach();
        var entropy = policy.Entropy();
        var losses = new Dictionary<string, Tensor>
        {
            // −ln π(a_{k+1} | x_k) (R_k − V_k)
            ["actor"] = -(policy.LogProb(After(batch.Action)) * advantage) * done,
            // ½ (R_k − V_k)²
            ["critic"] = (returns - value).Square() * 0.5 * done,
            // −H[π(· | x_k)]: less of it is more entropy
            ["entropy"] = -entropy * done,
        };

        var count = wholeBatch.Mean(done.Sum()).Clamp(1.0 / wholeBatch.Count, null);
        Tensor Mean(Tensor each) => (each.Detach() * done).Sum() / count;
        measures = new()
        {
            ["loss_actor"] = losses["actor"].Detach().Sum() / count,
            ["loss_critic"] = losses["critic"].Detach().Sum() / count,
            ["actor_entropy"] = Mean(entropy),
            ["value"] = Mean(value),
            ["return_target"] = Mean(returns),
            ["advantage"] = Mean(advantage.Abs()),
        };
        return losses;
    }

    /// <summary>A worker adds its gradients up over its rollout; those of the workers are averaged.</summary>
    internal Tensor Total(IReadOnlyDictionary<string, Tensor> losses)
    {
        Tensor Of(string loss) => losses[loss].Sum(0).Mean();
        return Of("actor") + Of("critic") * config.Loss.Value + Of("entropy") * config.Actor.Entropy;
    }

    // Along a line to 0, by the updates that the environment steps come to.
    private double LearningRate(SequenceBatch batch)
    {
        if (!config.Optimizer.Anneal) return config.Optimizer.LearningRate;
        var updates = config.Training.EnvSteps / ((batch.L - 1.0) * batch.B * wholeBatch.Count * config.Repeat());
        return config.Optimizer.LearningRate * Math.Max(0, 1 - optimizer.StepCount / updates);
    }

    // What actor and critic see of every row, (T + 1, W, F).
    private Tensor Features(ModelBatch batch)
    {
        var embed = Encoder.Forward(batch.Seen.Scaled(precision)).Reshape(batch.Length, batch.Batch, -1);
        if (lstm is null) return embed;
        var (rows, goesOn, memory) = (embed.Unbind(), batch.Continues!.Unbind(), batch.Deter!);
        var features = new Tensor[rows.Length];
        for (var k = 0; k < features.Length; k++)
        {
            memory = Recur(rows[k], memory * goesOn[k]);
            features[k] = Hidden(memory);
        }
        return Tensor.Stack(features);
    }

    // [h, c] after a row.
    private Tensor Recur(Tensor embed, Tensor memory)
    {
        var parts = memory.Split(config.Model.Lstm, -1);
        var (h, c) = lstm!.Forward(embed, parts[0], parts[1]);
        return Tensor.Cat([h, c], -1);
    }

    private Tensor Hidden(Tensor memory) => memory.Narrow(-1, 0, config.Model.Lstm);

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of observations is not that of the state.</exception>
    /// <exception cref="ReverieException">A picture or a vector has not the size that the agent sees.</exception>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        state.Demand(observations);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var goesOn = new float[observations.Length];
        for (var n = 0; n < goesOn.Length; n++) goesOn[n] = observations[n].IsFirst ? 0 : 1;
        var belief = Filter(Tensor.FromArray(goesOn, [goesOn.Length, 1], Device), state.Latent ?? Initial(state.Count),
            Observation.From(observations, Layout, Device));
        var action = Choose(belief, ActionMasks.Of(observations, Layout, Device), state.Noise, mode);
        var result = action.ToArray<float>();
        state.Remember(belief, action);
        return result;
    }

    // [h, c] as the deterministic part; without an LSTM nothing is remembered, and what the row shows is the other part.
    private LatentState Filter(Tensor goesOn, LatentState previous, Observation seen)
    {
        var embed = Encoder.Forward(seen.Scaled(precision));
        return lstm is null ? State(Nothing(embed), embed)
            : State(Recur(embed, previous.Deter * goesOn), Nothing(embed));
    }

    private Tensor FeatureOf(LatentState belief) => lstm is null ? belief.Stoch : Hidden(belief.Deter);

    // A sample where rows are collected; else what is most probable.
    private Tensor Choose(LatentState belief, Tensor? allowed, Generator noise, ActMode mode)
    {
        var policy = Actor.Forward(FeatureOf(belief), noise, allowed);
        return mode == ActMode.Collect ? policy.Sample(noise) : Exploration.MostProbable(policy);
    }

    private LatentState Initial(long rows) => State(Tensor.Zeros([rows, MemoryRows.DeterSize], device: Device),
        Tensor.Zeros([rows, lstm is null ? Encoder.EmbedSize : 0], device: Device));

    // Nothing is drawn: no distribution.
    private static LatentState State(Tensor deter, Tensor stoch) => new(deter, stoch, Nothing(deter), Nothing(deter));

    private static Tensor Nothing(Tensor rows) => Tensor.Zeros([rows.Size(0), 0], device: rows.Device);

    /// <inheritdoc/>
    public LatentRows LatentRows => LatentRows.None;        // a rollout is forgotten

    /// <inheritdoc/>
    public LatentRows MemoryRows => new(2 * config.Model.Lstm, 0, 1, DType.Float32);

    /// <inheritdoc/>
    public LatentChunk Read(AgentState state)
    {
        var latent = state.Latent ?? throw new InvalidOperationException("the state remembers nothing yet: call Act first");
        var rows = new LatentChunk(MemoryRows, state.Count);
        if (lstm is not null) latent.Deter.CopyTo(rows.Deter.AsSpan());
        return rows;
    }

    /// <inheritdoc/>
    public void Restore(AgentState state, LatentChunk rows, float[] actions)
    {
        using var scope = new TensorScope();
        var latent = Initial(state.Count);
        if (lstm is not null)
            latent = latent with { Deter = Tensor.FromArray(rows.Deter, [state.Count, MemoryRows.DeterSize], Device) };
        state.Remember(latent, Tensor.FromArray(actions, [state.Count, Layout.ActionSize], Device));
    }

    /// <inheritdoc/>
    /// <remarks>Of a worker: everything forwards and back in T rows, and forwards alone in the last, whose action is not
    /// asked for.</remarks>
    AgentProducts ICountedAgent.Products
    {
        get
        {
            var pictures = Layout.Image is { } space ? PictureEncoder.SizeOf(config.Model, space).Products : 0;
            var sees = pictures + AgentProducts.Dense(lstm is null ? [Encoder] : [Encoder, lstm]);
            var (acts, judges, steps) = (AgentProducts.Dense(Actor), AgentProducts.Dense(Critic), config.Training.Rollout);
            return new(config.Environment.Count * ((3.0 * steps + 1) * (sees + judges) + 3.0 * steps * acts), sees + acts);
        }
    }

    /// <inheritdoc/>
    void ILearnsInRanks.Share(IGlobalStatistics batch) => wholeBatch = batch;

    /// <inheritdoc/>
    LatentState IActingStep.Initial(long rows) => Initial(rows);

    /// <inheritdoc/>
    LatentState IActingStep.Filter(
        Tensor mask, Tensor action, LatentState previous, Observation seen, Generator noise, ActMode mode) =>
        Filter(mask, previous, seen);

    /// <inheritdoc/>
    Tensor IActingStep.Choose(LatentState belief, Tensor? allowed, Generator noise, ActMode mode) =>
        Choose(belief, allowed, noise, mode);

    /// <inheritdoc/>
    Tensor IActingStep.Value(LatentState belief) => Critic.Forward(FeatureOf(belief)).Mean;

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        foreach (var module in Modules.Values) module.Dispose();
    }
}
