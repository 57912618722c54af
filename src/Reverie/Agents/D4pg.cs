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
/// D4PG (Barth-Maron et al. 2018, "Distributed Distributional Deterministic Policy Gradients"): no model of the world, but a
/// critic that says how returns are distributed and a policy of one action that climbs their mean. It learns from transitions
/// of N decisions, drawn from the rows that every other agent learns from; what the papers of PlaNet and Dreamer compare with.
/// </summary>
/// <remarks><code>
/// row of a chunk            t            t+1   …   t+N          action[t+1] is what was done in o[t]
/// state                    x_t                     x_{t+N}      of o[t], o[t+N]; the encoder learns by the critic alone
/// critic            Z(x_t, a[t+1])   ◄──  R + γ^N Z'(x'_{t+N}, π'(x'_{t+N}))      put onto the atoms; ' are the targets
/// actor             π(sg x_t)    climbs E[Z(sg x_t, π(sg x_t))]
/// </code></remarks>
public sealed class D4pg : IStepAgent, IReflexStep, ICountedAgent, ILearnsInRanks
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "d4pg",
        Make = (config, layout, device, precision) => new D4pg(config, layout, device, precision),
        Loop = TrainingLoop.Steps,
        LearnsInRanks = true,
        ActsAtRandomFirst = true,
        Timed = ["update", "act"],
    };

    private readonly Config config;
    private readonly ControlEncoder encoder, slowEncoder;
    private readonly AtomReturns returns;
    private readonly Adam actorOptimizer, criticOptimizer;
    private readonly double[] deviations;       // of the noise, one an environment
    private TransitionBatch? transitions;

    /// <summary>Makes actor, critic and their targets, which start as they do.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions; all else is float32.</param>
    /// <exception cref="ReverieException">Actions are choices, or there is nothing that could be seen.</exception>
    public D4pg(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
    {
        if (layout.Groups.HasChoices)
            throw new ConfigurationException($"agent = {config.Agent} learns continuous actions alone, and the environment takes "
                + $"{layout.Groups}; the Dreamers, planet and a3c take choices");
        (this.config, Layout, Device) = (config, layout, device);
        using var scope = new TensorScope();
        using var random = ParameterSource.Of(config);
        var init = new Initializer(device, random) { Rule = config.Model.InitRule };
        (encoder, Actor, Critic) = Networks();
        (slowEncoder, SlowActor, SlowCritic) = Networks();
        Follow(1);
        returns = new AtomReturns(config.Critic.Atoms, config.Critic.Support * config.LongestRepeat(), device);
        actorOptimizer = OptimizerChoice.Adam(config.Optimizer, Actor.NamedParameters(), config.Actor.LearningRate);
        criticOptimizer = OptimizerChoice.Adam(config.Optimizer,
            Critic.NamedParameters().Concat(encoder.NamedParameters("encoder.")), config.Critic.LearningRate);
        var (least, most, count) = (config.Exploration.LeastNoise, config.Exploration.ActionNoise, config.Environment.Count);
        deviations = [.. Enumerable.Range(0, count).Select(n =>
            least == 0 || count == 1 ? most : least + (most - least) * n / (count - 1))];

        (ControlEncoder, DeterministicActor, ActionCritic) Networks()
        {
            var (model, actor, critic) = (config.Model, config.Actor, config.Critic);
            var sees = new ControlEncoder(model, layout, precision, init);
            return (sees,
                new DeterministicActor(sees.FeatureSize, layout.ActionSize, actor.Sizes, model.Activation, model.FirstNorm, init,
                    actor.Scale),
                new ActionCritic(sees.FeatureSize, layout.ActionSize, critic.Sizes, critic.Atoms, model.Activation,
                    model.FirstNorm, actionFirst: model.FirstNorm, init, critic.Scale));
        }
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>What it sees and does.</summary>
    public EpisodeLayout Layout { get; }

    /// <summary>π(x).</summary>
    public DeterministicActor Actor { get; }

    /// <summary>Logits of Z(x, a).</summary>
    public ActionCritic Critic { get; }

    /// <summary>π', which follows the actor.</summary>
    public DeterministicActor SlowActor { get; }

    /// <summary>Z', which follows the critic.</summary>
    public ActionCritic SlowCritic { get; }

    /// <inheritdoc/>
    public LatentRows LatentRows => LatentRows.None with { HasPriority = config.Replay.Priority > 0 };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules
    {
        get
        {
            var all = new Dictionary<string, Module>
            {
                ["actor"] = Actor, ["critic"] = Critic, ["slow_actor"] = SlowActor, ["slow_critic"] = SlowCritic,
            };
            if (encoder.ParameterCount > 0) (all["encoder"], all["slow_encoder"]) = (encoder, slowEncoder);
            return all;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Optimizer> Optimizers =>
        new Dictionary<string, Optimizer> { ["actor"] = actorOptimizer, ["critic"] = criticOptimizer };

    /// <inheritdoc/>
    /// <remarks>The algorithm of the learner. Both gradients are taken where the parameters were.</remarks>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        var measures = new Dictionary<string, Tensor>();
        if (transitions?.Count != batch.B) transitions = new TransitionBatch(Layout, batch.B);
        transitions.Take(batch, config.Critic.Discount);
        var seen = Observation.From(Layout, 2L * batch.B, transitions.Image, transitions.Vector, Device);

        var features = encoder.Forward(seen.Narrow(0, batch.B));                        // (B, F)
        var critic = CriticLoss(features, seen.Narrow(batch.B, batch.B), transitions, measures, batch.Priorities);
        var actor = ActorLoss(features.Detach(), transitions, measures);
        measures["actor_gradient_norm"] = actorOptimizer.Step(actor);
        measures["critic_gradient_norm"] = criticOptimizer.Step(critic);
        if (criticOptimizer.StepCount % config.Critic.SlowEvery == 0) Follow(config.Critic.SlowFraction);

        foreach (var measure in measures.Values) scope.Return(measure);
        return measures;
    }

    /// <summary>Cross-entropy of the critic to the targets' returns, put onto the atoms: a mean over transitions.</summary>
    /// <param name="features">x_t, (B, F).</param>
    /// <param name="then">o_{t+N}, B rows.</param>
    /// <param name="rows">What was done and what it brought.</param>
    /// <param name="measures">Takes what is logged.</param>
    /// <param name="priorities">(B), takes each one's cross-entropy, where the replay draws by them; 0 where there is no
    /// transition.</param>
    /// <returns>A scalar.</returns>
    public Tensor CriticLoss(Tensor features, Observation then, TransitionBatch rows, IDictionary<string, Tensor> measures,
        float[]? priorities = null)
    {
        Tensor target;
        using (new NoGrad())
        {
            var state = slowEncoder.Forward(then);                                      // (B, F)
            var after = SlowCritic.Forward(state, SlowActor.Forward(state)).Softmax(-1);    // (B, K)
            target = returns.Project(after, Row(rows.Return), Row(rows.Discount));
            measures["target"] = (target * returns.Atoms).Sum(-1).Mean();
        }
        var action = Tensor.FromArray(rows.Action, [rows.Count, Layout.ActionSize], Device);
        var logits = Critic.Forward(features, action);                                  // (B, K)
        var each = AtomReturns.CrossEntropy(target, logits);                            // (B)
        if (LatentRows.HasPriority && priorities is not null)
            (each.Detach() * Row(rows.Weight).Gt(0).To(each.DType)).CopyTo(priorities.AsSpan());
        var loss = Mean(each, Row(rows.Weight));
        measures["loss_critic"] = loss.Detach();
        measures["value"] = returns.Mean(logits.Detach()).Mean();
        return loss;
    }

    /// <summary>Minus the mean value of what the actor does, whose gradient is ∂π ∂a E[Z], with that of an action kept within 1.
    /// </summary>
    /// <param name="features">x_t, (B, F), without gradient.</param>
    /// <param name="rows">How much each counts.</param>
    /// <param name="measures">Takes what is logged.</param>
    /// <returns>A scalar with that gradient; its own value means nothing.</returns>
    public Tensor ActorLoss(Tensor features, TransitionBatch rows, IDictionary<string, Tensor> measures)
    {
        var action = Actor.Forward(features);                                           // (B, A)
        var value = returns.Mean(Critic.Forward(features, action));                     // (B)
        var ascent = Torch.Torch.Grad(value.Sum(), [action], keepGraph: true)[0]!.Detach();     // ∂Q/∂a, (B, A)
        ascent = config.Actor.ActionGradient switch
        {
            "norm" => ascent / ascent.Square().Sum(-1, keepDim: true).Sqrt().Clamp(1, null),
            "entries" => ascent.Clamp(-1, 1),
            _ => ascent,
        };
        measures["loss_actor"] = -value.Detach().Mean();
        measures["action"] = action.Detach().Abs().Mean();
        return -Mean((ascent * action).Sum(-1), Row(rows.Weight));
    }

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        state.Demand(observations);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var action = Chosen(Observation.From(observations, Layout, Device));            // (N, A)
        return (mode == ActMode.Collect ? Explored(action, state.Noise) : action).ToArray<float>();
    }

    /// <inheritdoc/>
    /// <remarks>Of a transition: encoder and critic forwards and back where actions were taken, and the targets' forwards; the
    /// actor forwards and back, the critic forwards and back to the action.</remarks>
    AgentProducts ICountedAgent.Products
    {
        get
        {
            var (sees, acts, judges) = (encoder.Products, AgentProducts.Dense(Actor), AgentProducts.Dense(Critic));
            return new(config.Replay.BatchSize * (4 * sees + 4 * acts + 6 * judges), sees + acts);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Its losses are means over transitions.</remarks>
    void ILearnsInRanks.Share(IGlobalStatistics batch)
    {
    }

    /// <inheritdoc/>
    Tensor IReflexStep.Choose(Observation seen, Generator noise) => Chosen(seen);

    /// <inheritdoc/>
    Tensor IReflexStep.Value(Observation seen, Tensor action) =>
        returns.Mean(Critic.Forward(encoder.Forward(seen), action));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimizer in Optimizers.Values) optimizer.Dispose();
        foreach (var module in new Module[] { encoder, Actor, Critic, slowEncoder, SlowActor, SlowCritic }) module.Dispose();
        returns.Dispose();
    }

    private Tensor Chosen(Observation seen) => Actor.Forward(encoder.Forward(seen));

    // Normal noise, of the deviation of each environment.
    private Tensor Explored(Tensor action, Generator noise)
    {
        var rows = action.Size(0);
        var each = Tensor.FromArray([.. Enumerable.Range(0, (int)rows).Select(n => (float)deviations[n % deviations.Length])],
            [rows, 1], Device);
        return (action + Tensor.Randn(action.Shape, noise) * each).Clamp(-1, 1);
    }

    private void Follow(double fraction)
    {
        SlowNetwork.Move(slowEncoder, encoder, fraction);
        SlowNetwork.Move(SlowActor, Actor, fraction);
        SlowNetwork.Move(SlowCritic, Critic, fraction);
    }

    private Tensor Row(float[] values) => Tensor.FromArray(values, [values.Length], Device);

    private static Tensor Mean(Tensor each, Tensor weight) => (each * weight).Mean();
}
