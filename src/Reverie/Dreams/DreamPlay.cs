using Reverie.Agents;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Dreams;

/// <summary>
/// A learned model that somebody walks through, decision by decision: it begins in an observation of the environment,
/// sees a few rows, and then goes on from actions alone, while the environment does the same actions where that is
/// asked for.
/// </summary>
/// <remarks><code>
/// row t                     0         1     …    C − 1        C            C + 1
/// environment             reset     step         step     (step)        (step)         with the same actions
/// states (K, ·)           posterior posterior  posterior  p(s | s, a)   p(s | s, a)    K samples, the first is shown
/// </code>
/// To be used by one thread. Everything follows from seed, actions and temperatures.</remarks>
public sealed class DreamPlay : IDisposable
{
    private readonly RealWorld real;
    private readonly ImageSpace own;
    private readonly HeldState states = new();
    private readonly List<float[]> actions = [];
    private Generator? noise;
    private AgentState? policy;
    private double temperature = 1, expected;
    private bool isSeen;

    /// <summary>Prepares it; <see cref="Reset"/> begins.</summary>
    /// <param name="model">Disposed with it.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ReverieException">The model sees no pictures, so that it draws none.</exception>
    public DreamPlay(DreamModel model, DreamPlayOptions? options = null)
    {
        (Model, Options) = (model, options ?? new());
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Context, 1);
        var (config, layout) = (model.Config, model.Layout);
        own = layout.Image ?? throw new ConfigurationException(
            $"the model of this run sees vectors alone (model.encoder={config.Model.Encoder}), so its dream has no "
            + "pictures");
        Picture = own.Views.Count > 0 ? own.ToShown() : own;
        ActionSpace = EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment);
        real = new RealWorld(() =>
            EnvironmentRegistry.MakeOneOf(config.Task, 0, config.Environment, config.Seed, config.Model.Sees()));
    }

    /// <summary>What is walked through.</summary>
    public DreamModel Model { get; }

    /// <summary>How.</summary>
    public DreamPlayOptions Options { get; }

    /// <summary>Size of the pictures; several views lie side by side, in three colours.</summary>
    public ImageSpace Picture { get; }

    /// <summary>What is done: points in [−1, 1] as a rule, or one-hot choices.</summary>
    public Space ActionSpace { get; }

    /// <summary>Whether steps are draws at all, so that a temperature and samples mean something.</summary>
    public bool DrawsLatents => Model.World.Dynamics.DrawsLatents;

    /// <summary>τ of the steps to come, above 0; 1 is what the model learned (W §4).</summary>
    public double Temperature
    {
        get => temperature;
        set
        {
            if (!(value > 0) || !double.IsFinite(value))
                throw new ConfigurationException($"temperature {value}: it must be above 0; 1 is what the model learned");
            temperature = value;
        }
    }

    /// <summary>Whether the environment is shown beside the dream.</summary>
    public bool IsBeside { get; set; }

    /// <summary>Whether the model sees the rows to come, as it does those of the context.</summary>
    public bool HasOpenEyes { get; set; }

    /// <summary>Begins anew in an episode of the environment.</summary>
    /// <param name="seed">Decides the episode and every sample.</param>
    /// <exception cref="ReverieException">The environment cannot be made here, or is broken.</exception>
    public DreamFrame Reset(int seed)
    {
        real.Reset(seed);
        actions.Clear();
        expected = 0;
        noise?.Dispose();
        policy?.Dispose();
        noise = new Generator(Device.Cpu, RandomSource.Derive((ulong)seed, RandomStream.Dream).NextUInt64());
        policy = Model.Agent.Begin(1, RandomSource.Derive((ulong)seed, RandomStream.Acting).NextUInt64());
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var few = new ThreadLimit(Options.Threads);
        isSeen = true;
        return Frame(states.Hold(Model.World.Begin(Rows(), noise)), default);
    }

    /// <summary>One decision.</summary>
    /// <param name="action">In <see cref="ActionSpace"/>.</param>
    /// <param name="cancel">Leaves while the environment catches up with the dream.</param>
    /// <exception cref="ReverieException">It is not in the space, or the environment is broken.</exception>
    /// <exception cref="InvalidOperationException">There was no reset.</exception>
    public DreamFrame Step(ReadOnlySpan<float> action, CancellationToken cancel = default)
    {
        var previous = Current;
        actions.Add(Checked(action));
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var few = new ThreadLimit(Options.Threads);
        var led = Tensor.FromArray(action, [1, action.Length]).Expand(Options.Samples, action.Length);  // (K, A)
        isSeen = (HasOpenEyes || actions.Count < Options.Context) && real.Follow(actions, Model.AsPredicted, cancel);
        var next = isSeen
            ? Model.World.See(previous, led, Rows(), noise!)
            : Model.World.Dynamics.DreamStep(
                previous, led, Model.World.Dynamics.Noise([Options.Samples], noise!), temperature);
        return Frame(states.Hold(next), cancel, decided: true);
    }

    /// <summary>The state as it is, for when <see cref="IsBeside"/> has changed; the environment catches up.</summary>
    /// <inheritdoc cref="Step"/>
    public DreamFrame Look(CancellationToken cancel = default)
    {
        var current = Current;
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var few = new ThreadLimit(Options.Threads);
        return Frame(current, cancel);
    }

    /// <summary>What the agent would do here, in the dream that is shown.</summary>
    /// <exception cref="InvalidOperationException">There was no reset.</exception>
    public float[] PolicyAction()
    {
        var current = Current;
        using var scope = new TensorScope();
        return Model.Act(current.Map(part => part.Narrow(0, 0, 1)), policy!);
    }

    /// <summary>Frees model and environment.</summary>
    public void Dispose()
    {
        states.Dispose();
        noise?.Dispose();
        policy?.Dispose();
        real.Dispose();
        Model.Dispose();
    }

    private LatentState Current =>
        states.Value ?? throw new InvalidOperationException("a step before a reset; reset the dream first");

    private TimeStep[] Rows() => [.. Enumerable.Repeat(real.Row, Options.Samples)];

    private float[] Checked(ReadOnlySpan<float> action) => RowRule.FaultOf(action, ActionSpace) is { } fault
        ? throw new EnvironmentException($"the dream cannot take this action: {fault}")
        : action.ToArray();

    private DreamFrame Frame(LatentState state, CancellationToken cancel, bool decided = false)
    {
        var drawn = Shown(Model.World.Draw(state));                                     // K·H·W·C bytes
        var picture = drawn[..Picture.Size];
        var rewards = actions.Count > 0 ? Model.World.RewardOf(state).ToArray<float>() : [0];
        if (decided) expected += rewards[0];
        var (spread, pictureSpread) = SampleSpread.Of(drawn, Options.Samples, Picture.Channels);
        return new DreamFrame
        {
            Decision = actions.Count,
            IsSeen = isSeen,
            Action = actions.Count > 0 ? actions[^1] : [],
            Picture = picture,
            Spread = spread,
            PictureSpread = pictureSpread,
            Reward = rewards[0],
            RewardRange = (rewards.Min(), rewards.Max()),
            Return = expected,
            Continue = actions.Count > 0 ? Model.World.ContinuesAfter(state)?.ToArray<float>()[0] : null,
            LatentSpread = DrawsLatents ? LatentSpread(state) : null,
            Real = Beside(picture, cancel),
            RealEnd = real.Row.IsLast ? real.Decisions : null,
        };
    }

    private byte[] Shown(byte[] pictures) => own.Views.Count > 0 ? own.ToRgb(pictures) : pictures;

    private static (string, double) LatentSpread(LatentState state)
    {
        var (name, value) = state.Distribution.Map(part => part.Narrow(0, 0, 1)).Spread;
        return (name, value.Item());
    }

    private RealFrame? Beside(byte[] picture, CancellationToken cancel)
    {
        if (!IsBeside || !real.Follow(actions, Model.AsPredicted, cancel)) return null;
        var truth = Shown((Model.World as WorldModel)?.Quantize(real.Row.Image) ?? real.Row.Image);
        var squares = 0.0;
        for (var i = 0; i < picture.Length; i++) squares += Math.Pow(picture[i] - truth[i], 2);
        return new RealFrame(truth, Math.Sqrt(squares / picture.Length), Model.AsPredicted(real.Row.Reward),
            real.Return, real.Row.IsLast);
    }
}
