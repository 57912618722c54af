using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Representations;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Capture;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;
using Reverie.Torch.Ranks;

namespace Reverie.Agents;

/// <summary>What agents with a latent model share: the model and its optimizer, filtering while they act, the sum of
/// their losses. What they learn and how they choose stands in their own files.</summary>
public abstract class ModelAgent : IDreamingAgent, IDreamingStep, ILearnsInRanks
{
    private readonly Dictionary<bool, string[]> measureNames = [];     // their names, with and without behavior
    private CapturedWork updates, decisions;
    private Tensor[]? learned;

    /// <summary>Makes the model with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of imagination; losses and parameters stay float32.</param>
    protected ModelAgent(Config config, EpisodeLayout layout, Device device, DType precision)
    {
        (Config, Device, Precision) = (config, device, precision);
        using var scope = new TensorScope();
        using var random = NewParameters();
        var init = new Initializer(device, random);
        Model = new WorldModel(config.Model, layout, precision, init);
        Representation = RepresentationRegistry.Create(config.Loss, Model, init);
        ModelOptimizer = NewOptimizer(AgentParts.Learned(config, "model", Model).Concat(
            AgentParts.Learned(config, "representation", Representation, "representation.")), config.Optimizer.LearningRate);
        var captured = config.Compute.Graphs == "auto" ? device : Device.Cpu;
        updates = new CapturedWork("updating", captured, new LineLogger(line => Logger.Warn(line)));
        decisions = new CapturedWork("acting", captured, new LineLogger(line => Logger.Warn(line)));
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>The learned model.</summary>
    public WorldModel Model { get; }

    /// <summary>What makes the model's latents stand for observations.</summary>
    public Representation Representation { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyDictionary<string, Module> Modules => Representation.ParameterCount == 0
        ? new Dictionary<string, Module> { ["model"] = Model }
        : new Dictionary<string, Module> { ["model"] = Model, ["representation"] = Representation };

    /// <inheritdoc/>
    public virtual IReadOnlyDictionary<string, Optimizer> Optimizers =>
        new Dictionary<string, Optimizer> { ["model"] = ModelOptimizer };

    /// <summary>The run's configuration.</summary>
    protected Config Config { get; }

    /// <summary>Type of convolutions and of imagination.</summary>
    protected DType Precision { get; }

    /// <summary>Steps the model and its representation.</summary>
    protected Optimizer ModelOptimizer { get; }

    /// <summary>Whether the model has had its <see cref="ImaginationConfig.AfterUpdates"/>.</summary>
    protected bool LearnsBehavior => ModelOptimizer.StepCount >= Config.Imagination.AfterUpdates;

    /// <summary>Takes lines that the user should read; nobody at first.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>What losses ask that depends on the whole batch in another way than by a mean over its rows.</summary>
    internal IGlobalStatistics WholeBatch { get; private set; } = Alone.Instance;

    /// <inheritdoc/>
    void ILearnsInRanks.Share(IGlobalStatistics batch) => Representation.WholeBatch = WholeBatch = batch;

    private IReadOnlyList<Tensor> Learned => learned ??=
    [
        .. Modules.Values.SelectMany(module => module.NamedParameters()).Select(parameter => parameter.Value),
        .. Optimizers.Values.SelectMany(optimizer => optimizer.State).Select(moment => moment.Value),
    ];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device, seed);
        var rows = Model.Preprocess(ModelBatch.From(batch, Device, alike: updates.IsCaptured), (long)seed);
        var behavior = LearnsBehavior;
        foreach (var optimizer in behavior ? Optimizers.Values : [ModelOptimizer]) optimizer.Advance();
        var values = updates.Run(behavior ? "model and behavior" : "model", [.. rows.Parts], Learned, noise,
            (parts, random) =>
            {
                var measures = Learn(rows.With(parts), random, behavior);
                measureNames[behavior] = [.. measures.Keys];
                return [.. measures.Values];
            });
        AfterLearning(behavior);
        var measures = measureNames[behavior].Zip(values).ToDictionary();
        Took(batch, measures);
        foreach (var value in measures.Values) scope.Return(value);
        return measures;
    }

    /// <summary>The arithmetic of an update: losses, their gradients, the optimizers' <see cref="Optimizer.Apply(Tensor, bool)"/>.
    /// It is the same from one update to the next and reads no number of the host, so that it can be recorded.</summary>
    /// <param name="batch">Rows, preprocessed.</param>
    /// <param name="noise">Source of all randomness.</param>
    /// <param name="behavior">Whether behavior is learned too.</param>
    /// <returns>Measures by their names.</returns>
    protected abstract Dictionary<string, Tensor> Learn(ModelBatch batch, Generator noise, bool behavior);

    /// <summary>Takes from the results of an update what is for the batch and no measure.</summary>
    protected virtual void Took(SequenceBatch batch, Dictionary<string, Tensor> results)
    {
    }

    /// <summary>What some updates end with.</summary>
    /// <inheritdoc cref="Learn" path="/param"/>
    protected virtual void AfterLearning(bool behavior)
    {
    }

    /// <summary>Records updates and decisions as graphs that somebody else makes.</summary>
    internal void Capture(Func<IGraph> graphs)
    {
        updates = new CapturedWork("updating", graphs, new LineLogger(line => Logger.Warn(line)));
        decisions = new CapturedWork("acting", graphs, new LineLogger(line => Logger.Warn(line)));
    }

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of observations is not that of the state.</exception>
    /// <exception cref="ReverieException">A picture or a vector has not the size that the model sees.</exception>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        state.Demand(observations);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (mask, previous, action, seen) = Before(observations, state, mode);
        var (parts, kinds) = (previous.Parts.Count(), seen.Parts.Count());
        Tensor[] allowed = ActionMasks.Of(observations, Model.Layout, Device) is { } open ? [open] : [];
        var done = decisions.Run(KindOfChoice(mode), [mask, action, .. previous.Parts, .. allowed, .. seen.Parts], [],
            state.Noise, (inputs, noise) =>
            {
                var belief = Filter(
                    inputs[0], inputs[1], previous.With(inputs[2..(2 + parts)]), seen.With(inputs[^kinds..]), noise, mode);
                return [Choose(belief, noise, mode, allowed.Length > 0 ? inputs[2 + parts] : null), .. belief.Parts];
            });
        return Remember(previous.With(done[1..]), done[0], state);
    }

    /// <summary>The next actions with closed eyes: the model's own guess of where the last ones led takes the place of
    /// observations.</summary>
    /// <param name="state">Has acted before; its latent becomes a sample of p(s_t | s_t−1, a_t).</param>
    /// <param name="mode">With exploration or without.</param>
    /// <returns>As <see cref="Act"/>.</returns>
    /// <exception cref="InvalidOperationException">The state has not acted yet.</exception>
    public float[] ActInDream(AgentState state, ActMode mode)
    {
        if (state is not { Latent: { } latent, Action: { } led })
            throw new InvalidOperationException("a dream begins where an agent has acted: call Act first");
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var epsilon = Model.Dynamics.Noise([state.Count], state.Noise);
        // Some dynamics hand a part of the latent on as it is, and what was remembered goes.
        var belief = Model.Dynamics.PriorStep(latent, led, epsilon).Map(part => part.Clone());
        return Remember(belief, Choose(belief, state.Noise, mode, Believed(belief)), state);
    }

    /// <inheritdoc/>
    public float[] ActOn(LatentState belief, AgentState state, ActMode mode)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return Choose(belief, state.Noise, mode, Believed(belief)).ToArray<float>();
    }

    private static float[] Remember(LatentState belief, Tensor action, AgentState state)
    {
        var result = action.ToArray<float>();
        state.Remember(belief, action);         // the action with its noise is the one that happens
        return result;
    }

    /// <summary>Actions (N, A) in filtered states, exploration included. Like <see cref="Learn"/> it can be recorded.</summary>
    /// <param name="belief">Parts (N, ·).</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="mode">With exploration or without.</param>
    /// <param name="allowed">(N, A), 1 for what may be chosen, else 0: by the rows seen, or as the model believes where there are
    /// none; null where actions have no mask.</param>
    protected abstract Tensor Choose(LatentState belief, Generator noise, ActMode mode, Tensor? allowed);

    private Tensor? Believed(LatentState belief) => Model.Allowed(Model.Dynamics.Feature(belief));

    /// <summary>What <see cref="Choose"/> depends on that is no tensor: of choices also the ε that falls.</summary>
    protected virtual string KindOfChoice(ActMode mode) => mode == ActMode.Collect && Model.Layout.Groups.HasChoices
        ? $"{mode}, epsilon {Exploration.Epsilon(Config.Exploration, ModelOptimizer.StepCount)}"
        : $"{mode}";

    // What a decision begins with: whether rows go on (N, 1), where they stood, what was done there, what is seen now.
    private (Tensor Mask, LatentState Previous, Tensor Action, Observation Seen) Before(
        ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        var continues = new float[observations.Length];
        for (var n = 0; n < continues.Length; n++) continues[n] = observations[n].IsFirst ? 0 : 1;
        var seen = Observation.From(observations, Model.Layout, Device);
        return (Tensor.FromArray(continues, [continues.Length, 1], Device),
            state.Latent ?? Model.Dynamics.Initial(state.Count),
            state.Action ?? Tensor.Zeros([state.Count, Model.ActionSize], device: Device),
            Model.Preprocess(seen, mode == ActMode.Deterministic ? null : (long)state.Random.NextUInt64()));
    }

    /// <summary>q(s_t | o_≤t, a_&lt;t) after one more observation; rows that begin an episode start from
    /// zero.</summary>
    private LatentState Filter(
        Tensor mask, Tensor led, LatentState before, Observation seen, Generator noise, ActMode mode)
    {
        var (dynamics, previous, action) = (Model.Dynamics, before.Masked(mask), led * mask);
        var epsilon = mode == ActMode.Deterministic ? null : dynamics.Noise([mask.Size(0)], noise);
        return dynamics.PosteriorStep(
            previous, action, dynamics.PriorStep(previous, action, null), Model.Embed(seen), epsilon);
    }

    /// <inheritdoc/>
    ILatentWorld IDreamingAgent.World => Model;

    /// <inheritdoc/>
    ShownRows IDreamingAgent.OpenLoop(SequenceBatch chunk, int context, double temperature, ulong seed)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device, seed);
        return Model.Show(chunk, Model.OpenLoop(ModelBatch.From(chunk, Device), context, noise, (long)seed));
    }

    /// <inheritdoc/>
    EpisodeLayout IActingStep.Layout => Model.Layout;

    /// <inheritdoc/>
    LatentState IActingStep.Initial(long rows) => Model.Dynamics.Initial(rows);

    /// <inheritdoc/>
    LatentState IActingStep.Filter(
        Tensor mask, Tensor action, LatentState previous, Observation seen, Generator noise, ActMode mode) =>
        Filter(mask, action, previous, Model.Preprocess(seen, null), noise, mode);

    /// <inheritdoc/>
    Tensor? IActingStep.Choose(LatentState belief, Tensor? allowed, Generator noise, ActMode mode) =>
        Plans ? null : Choose(belief, noise, mode, allowed);

    /// <inheritdoc/>
    Tensor? IDreamingStep.Allowed(LatentState belief) => Believed(belief);

    /// <inheritdoc/>
    Tensor? IActingStep.Value(LatentState belief) => ValueOf(belief);

    /// <summary>Whether actions are planned, anew at every decision, rather than read from the state by a policy.</summary>
    internal virtual bool Plans => false;

    /// <summary>What the agent expects to gain from filtered states on, (N); null where nothing in it says so.</summary>
    internal virtual Tensor? ValueOf(LatentState belief) => null;

    /// <summary>Σ of the losses' means by their scales; their values go to the measures as they are.</summary>
    protected Tensor Total(IReadOnlyDictionary<string, Tensor> losses, IDictionary<string, Tensor> measures)
    {
        foreach (var (name, loss) in losses) measures[$"loss_{name}"] = loss.Detach().Mean();
        return losses.Select(loss => loss.Value.Mean() * ScaleOf(loss.Key)).Aggregate((sum, term) => sum + term);
    }

    /// <summary>Scale of a loss by its name; an agent with losses of its own answers for them.</summary>
    /// <exception cref="InvalidOperationException">No setting is its scale.</exception>
    protected virtual double ScaleOf(string loss) => Config.Loss.ScaleOf(loss);

    /// <summary>How far posterior and prior are apart, and how sure each is.</summary>
    protected static void MeasureLatents(LatentState posterior, LatentState prior, Tensor divergence,
        IDictionary<string, Tensor> measures)
    {
        measures["kl"] = divergence.Detach().Mean();
        foreach (var (name, state) in new[] { ("posterior", posterior), ("prior", prior) })
            measures[$"{name}_{state.Distribution.Spread.Name}"] = state.Distribution.Spread.Value;
    }

    /// <summary>An optimizer with the run's settings but a learning rate of its own.</summary>
    protected Optimizer NewOptimizer(IEnumerable<(string Name, Tensor Value)> parameters, double learningRate) =>
        OptimizerChoice.Of(Config.Optimizer, parameters, learningRate);

    /// <summary>Randomness of new parameters; each <paramref name="part"/> has its own.</summary>
    protected Generator NewParameters(params ReadOnlySpan<ulong> part) => ParameterSource.Of(Config, part);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        updates.Dispose();
        decisions.Dispose();
        ModelOptimizer.Dispose();
        Representation.Dispose();
        Model.Dispose();
        GC.SuppressFinalize(this);
    }
}
