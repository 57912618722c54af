using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Representations;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using Reverie.Torch.Ranks;

namespace Reverie.Agents;

/// <summary>
/// CURL (Laskin et al. 2020, "Contrastive Unsupervised Representations for Reinforcement Learning"): soft actor-critic from
/// pictures, whose encoder also learns to tell that two crops of a picture are of the same one. No model of the world.
/// </summary>
/// <remarks><code>
/// row of a chunk       t                 t+1            action[t+1] is what was done in o[t]
/// crop              c_t, another k_t     c_{t+1}        each at a place of its own, alike in the frames of a stack
/// features          x = f(c_t)           x' = f'(c_{t+1})       f' follows f, Q' follows Q
/// critics           Q_i(x, a[t+1])   ◄── r[t+1] + γ (min Q'_i(x', a') − α ln π(a')),  a' ~ π(c_{t+1})       i = 1, 2
/// contrast          q = f(c_t) picks k = f'(k_t) of its own picture out of the batch by q W kᵀ
/// actor, α          a ~ π(sg maps of c_t):  α ln π(a) − min Q_i(sg x, a);  ln π towards A
/// </code></remarks>
public sealed class Curl : IStepAgent, IReflexStep, ICountedAgent, ILearnsInRanks
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "curl",
        Make = (config, layout, device, precision) => new Curl(config, layout, device, precision),
        Loop = TrainingLoop.Steps,
        LearnsInRanks = true,
        ActsAtRandomFirst = true,
        Timed = ["update", "act"],
        Rules = (config, demand) => demand(config.Model.Encoder == "pixels", "model.encoder",
            $"{config.Model.Encoder}, but agent = {config.Agent} learns from pictures alone; set it to pixels"),
    };

    private const int Layers = 4;               // CU
    private const double TemperatureBeta = 0.5;     // CU: β₁ of its Adam

    private readonly Config config;
    private readonly PictureCrops crops;
    private readonly EpisodeLayout cropped;
    private readonly ControlConvolutions convolutions, slowConvolutions;
    private readonly ControlHead head, slowHead, actorHead;
    private readonly ActionCritic[] critics, slowCritics;
    private readonly BilinearScores scores;
    private readonly Adam actorOptimizer, criticOptimizer, temperatureOptimizer, contrastOptimizer;
    private readonly Tensor[] critical, contrastive;    // what these two losses move
    private TransitionBatch? transitions;
    private IGlobalStatistics wholeBatch = Alone.Instance;

    /// <summary>Makes all parts; those that follow start as those that learn.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions; all else is float32.</param>
    /// <exception cref="ReverieException">Actions are choices, or pictures are missing or smaller than a crop.</exception>
    public Curl(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
    {
        if (layout.Groups.HasChoices)
            throw new ConfigurationException($"agent = {config.Agent} learns continuous actions alone, and the environment takes "
                + $"{layout.Groups}; the Dreamers, planet and a3c take choices");
        if (layout.Image is not { } image || layout.VectorSize > 0)
            throw new ConfigurationException($"agent = {config.Agent} learns from pictures alone; the environment gives {layout}");
        var (model, side) = (config.Model, config.Model.Crop);
        if (side > Math.Min(image.Height, image.Width))
            throw new ConfigurationException($"model.crop = {side} does not fit into pictures of {image.Width}x{image.Height}; set "
                + "it to less, or environment.picture to more");
        (this.config, Layout, Device) = (config, layout, device);
        crops = new PictureCrops(image, side);
        cropped = layout with { Image = crops.Space };
        using var scope = new TensorScope();
        using var random = ParameterSource.Of(config);
        var init = new Initializer(device, random) { Rule = model.InitRule };
        var features = model.PictureUnits;
        (convolutions, head, critics) = Seeing();
        (slowConvolutions, slowHead, slowCritics) = Seeing();
        Follow(1, 1);
        actorHead = new ControlHead(convolutions.Size, features, squashed: false, init);
        Actor = new SquashedActor(features, layout.ActionSize, config.Actor.Sizes, model.Activation, init);
        Temperature = new Temperature(config.Actor.Temperature, init);
        scores = new BilinearScores(features, init);
        (string, Tensor)[] encoder =
            [.. convolutions.NamedParameters("convolutions."), .. head.NamedParameters("head.")];
        actorOptimizer = OptimizerChoice.Adam(config.Optimizer,
            Actor.NamedParameters().Concat(actorHead.NamedParameters("head.")), config.Actor.LearningRate);
        (string Name, Tensor Value)[] judged = [.. encoder, .. critics.SelectMany((one, i) => one.NamedParameters($"critic{i}."))];
        (string Name, Tensor Value)[] told = [.. encoder, .. scores.NamedParameters("scores.")];
        criticOptimizer = OptimizerChoice.Adam(config.Optimizer, judged, config.Critic.LearningRate);
        contrastOptimizer = OptimizerChoice.Adam(config.Optimizer, told, config.Optimizer.LearningRate);
        (critical, contrastive) = (Array.ConvertAll(judged, one => one.Value), Array.ConvertAll(told, one => one.Value));
        temperatureOptimizer = new Adam(Temperature.NamedParameters(),
            new AdamOptions { LearningRate = config.Actor.TemperatureRate, Beta1 = TemperatureBeta, Epsilon = config.Optimizer.Epsilon });

        (ControlConvolutions, ControlHead, ActionCritic[]) Seeing()
        {
            var sees = new ControlConvolutions(model, crops.Space, Layers, precision, init);
            return (sees, new ControlHead(sees.Size, features, squashed: false, init),
                [.. Enumerable.Range(0, 2).Select(_ => new ActionCritic(features, layout.ActionSize, config.Critic.Sizes, 1,
                    model.Activation, firstNorm: false, actionFirst: true, init))]);
        }
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>What it sees and does.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>π, on features of its own.</summary>
    public SquashedActor Actor { get; }

    /// <summary>α.</summary>
    public Temperature Temperature { get; }

    /// <inheritdoc/>
    public LatentRows LatentRows => LatentRows.None with { HasPriority = config.Replay.Priority > 0 };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules => new Dictionary<string, Module>
    {
        ["convolutions"] = convolutions, ["head"] = head, ["critic_1"] = critics[0], ["critic_2"] = critics[1],
        ["slow_convolutions"] = slowConvolutions, ["slow_head"] = slowHead, ["slow_critic_1"] = slowCritics[0],
        ["slow_critic_2"] = slowCritics[1], ["actor_head"] = actorHead, ["actor"] = Actor, ["temperature"] = Temperature,
        ["scores"] = scores,
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers => new Dictionary<string, Optimizer>
    {
        ["actor"] = actorOptimizer, ["critic"] = criticOptimizer, ["temperature"] = temperatureOptimizer,
        ["contrast"] = contrastOptimizer,
    };

    /// <inheritdoc/>
    /// <remarks>Critics and contrast learn at every update, actor and temperature, and what follows, at every
    /// <see cref="CriticConfig.SlowEvery"/>th. All gradients are taken where the parameters were.</remarks>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device, seed);
        var (random, measures) = (new RandomSource(seed), new Dictionary<string, Tensor>());
        if (transitions?.Count != batch.B) transitions = new TransitionBatch(Layout, batch.B);
        transitions.Take(batch, config.Critic.Discount);
        var half = batch.B * Layout.ImageSize;
        Tensor Crops(int from) => Pictures(crops.Of(transitions.Image.AsSpan(from, half), random), batch.B);
        var (seen, key, then) = (Crops(0), Crops(0), Crops(half));

        var maps = convolutions.Forward(seen);                                          // (B, maps)
        var features = head.Forward(maps);                                              // (B, F)
        var critic = CriticLoss(features, then, transitions, noise, measures, batch.Priorities);
        var contrast = ContrastLoss(features, key, measures);
        var judged = criticOptimizer.Averaging.Gradients(critic, critical, keepGraph: true);
        var told = contrastOptimizer.Averaging.Gradients(contrast, contrastive);
        // Worked out where it moves nothing too: every update has the same measures.
        var (actor, temperature) = ActorLosses(maps.Detach(), features.Detach(), transitions, noise, measures);
        if (criticOptimizer.StepCount % config.Critic.SlowEvery == 0)
        {
            actorOptimizer.Step(actor);
            temperatureOptimizer.Step(temperature);
            Follow(config.Critic.SlowFraction, config.Model.SlowFraction);
        }
        measures["critic_gradient_norm"] = criticOptimizer.Step(judged);
        measures["contrast_gradient_norm"] = contrastOptimizer.Step(told);

        foreach (var measure in measures.Values) scope.Return(measure);
        return measures;
    }

    /// <summary>Σ (Q_i − y)² of both critics, a mean over transitions.</summary>
    /// <param name="features">x, (B, F).</param>
    /// <param name="then">c_{t+1}, bytes.</param>
    /// <param name="rows">What was done and what it brought.</param>
    /// <param name="noise">Draws a'.</param>
    /// <param name="measures">Takes what is logged.</param>
    /// <param name="priorities">(B), takes how far each is off, where the replay draws by them.</param>
    public Tensor CriticLoss(Tensor features, Tensor then, TransitionBatch rows, Generator noise,
        IDictionary<string, Tensor> measures, float[]? priorities = null)
    {
        Tensor target;
        using (new NoGrad())
        {
            var (action, logProbability) = Drawn(Policy(convolutions.Forward(then), noise), noise);
            var after = slowHead.Forward(slowConvolutions.Forward(then));
            var value = Least(slowCritics, after, action) - Temperature.Value * logProbability;
            target = Row(rows.Return) + Row(rows.Discount) * value;                     // (B)
        }
        var done = Tensor.FromArray(rows.Action, [rows.Count, Layout.ActionSize], Device);
        var values = Array.ConvertAll(critics, one => one.Forward(features, done).Squeeze(-1));
        var each = (values[0] - target).Square() + (values[1] - target).Square();       // (B)
        if (LatentRows.HasPriority && priorities is not null)
            (each.Detach() * Row(rows.Weight).Gt(0).To(each.DType)).CopyTo(priorities.AsSpan());
        var loss = Mean(each, rows);
        (measures["loss_critic"], measures["value"], measures["target"]) =
            (loss.Detach(), values[0].Detach().Mean(), target.Mean());
        return loss;
    }

    /// <summary>InfoNCE: each query's own key, of another crop of the same picture, against those of the batch.</summary>
    /// <param name="features">q, (B, F).</param>
    /// <param name="key">k_t, bytes.</param>
    /// <param name="measures">Takes what is logged.</param>
    public Tensor ContrastLoss(Tensor features, Tensor key, IDictionary<string, Tensor> measures)
    {
        Tensor keys;
        using (new NoGrad())
            keys = slowHead.Forward(slowConvolutions.Forward(key));                     // (B, F), and those of all ranks
        if (wholeBatch.Count > 1) keys = wholeBatch.All(keys).Reshape(-1, keys.Size(-1));
        var loss = InfoNce.CrossEntropy(scores.Forward(features, keys), wholeBatch.Rank).Mean();
        measures["loss_contrast"] = loss.Detach();
        return loss;
    }

    /// <summary>α ln π(a) − min Q(x, a) of what the policy draws, and what α learns by: means over transitions.</summary>
    /// <param name="maps">Of c_t, (B, maps), without gradient.</param>
    /// <param name="features">x, (B, F), without gradient.</param>
    /// <param name="rows">How much each counts.</param>
    /// <param name="noise">Draws the actions.</param>
    /// <param name="measures">Takes what is logged.</param>
    public (Tensor Actor, Tensor Temperature) ActorLosses(Tensor maps, Tensor features, TransitionBatch rows, Generator noise,
        IDictionary<string, Tensor> measures)
    {
        var (action, logProbability) = Drawn(Policy(maps, noise), noise);
        var actor = Mean(Temperature.Value.Detach() * logProbability - Least(critics, features, action), rows);
        (measures["loss_actor"], measures["actor_entropy"], measures["temperature"]) =
            (actor.Detach(), -logProbability.Detach().Mean(), Temperature.Value.Detach());
        return (actor, Temperature.Loss(logProbability, -Layout.ActionSize));
    }

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        state.Demand(observations);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var policy = PolicyOn(Observation.From(observations, Layout, Device), state.Noise);
        return (mode == ActMode.Collect ? policy.Sample(state.Noise) : policy.Median).ToArray<float>();
    }

    /// <inheritdoc/>
    /// <remarks>Of a transition: the encoder forwards, and back for each of the two losses; for the targets the convolutions,
    /// the policy and all that follows; the slow encoder of the keys. Forwards through actor and critics again, and back
    /// where they learn.</remarks>
    AgentProducts ICountedAgent.Products
    {
        get
        {
            var (sees, heads) = (convolutions.Products, AgentProducts.Dense(head));
            var (acts, judges) = (AgentProducts.Dense(actorHead, Actor), AgentProducts.Dense(critics));
            var (learned, side) = (1.0 / config.Critic.SlowEvery, AgentProducts.Dense(scores) + config.Replay.BatchSize * head.Size);
            return new(config.Replay.BatchSize * (8 * sees + 7 * heads + acts + 4 * judges + 3 * side
                + (1 + 2 * learned) * acts + (1 + learned) * judges), sees + acts, config.Critic.SlowEvery);
        }
    }

    /// <inheritdoc/>
    void ILearnsInRanks.Share(IGlobalStatistics batch) => wholeBatch = batch;

    /// <inheritdoc/>
    Tensor IReflexStep.Choose(Observation seen, Generator noise) => PolicyOn(seen, noise).Median;

    /// <inheritdoc/>
    Tensor IReflexStep.Value(Observation seen, Tensor action) =>
        Least(critics, head.Forward(convolutions.Forward(Middle(seen))), action);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimizer in Optimizers.Values) optimizer.Dispose();
        foreach (var module in Modules.Values) module.Dispose();
    }

    private TanhNormal Policy(Tensor maps, Generator noise) => Actor.Forward(actorHead.Forward(maps), noise);

    private TanhNormal PolicyOn(Observation seen, Generator noise) => Policy(convolutions.Forward(Middle(seen)), noise);

    // CU acts on the middle of pictures.
    private Tensor Middle(Observation seen)
    {
        var (image, side) = (seen.Image!, crops.Space.Height);
        return image.Narrow(2, (image.Size(2) - side) / 2, side).Narrow(3, (image.Size(3) - side) / 2, side);
    }

    private static (Tensor Action, Tensor LogProbability) Drawn(TanhNormal policy, Generator noise)
    {
        var before = policy.SampleBefore(noise);
        return (before.Tanh(), policy.LogProbBefore(before));
    }

    private static Tensor Least(ActionCritic[] critics, Tensor features, Tensor action) =>
        critics[0].Forward(features, action).Minimum(critics[1].Forward(features, action)).Squeeze(-1);

    private void Follow(double judging, double seeing)
    {
        SlowNetwork.Move(slowConvolutions, convolutions, seeing);
        SlowNetwork.Move(slowHead, head, seeing);
        for (var i = 0; i < critics.Length; i++) SlowNetwork.Move(slowCritics[i], critics[i], judging);
    }

    private Tensor Pictures(byte[] bytes, int count) => Observation.From(cropped, count, bytes, [], Device).Image!;

    private Tensor Row(float[] values) => Tensor.FromArray(values, [values.Length], Device);

    private Tensor Mean(Tensor each, TransitionBatch rows) => (each * Row(rows.Weight)).Mean();
}
