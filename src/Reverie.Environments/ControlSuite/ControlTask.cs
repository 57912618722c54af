using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// A task of the control suite: physics, a start, an observation and a reward. Its steps are control steps; it never
/// ends by itself (the time limit of 1000 steps is put around it).
/// </summary>
/// <remarks>
/// A domain derives from it and gives <see cref="Initialise"/>, <see cref="Observe"/> and <see cref="Reward"/>. The
/// order of the calls into MuJoCo is the suite's, so that trajectories agree bit for bit.
/// </remarks>
public abstract class ControlTask : IEnvironment, IPictureSource
{
    private readonly PictureQuality quality;
    private readonly OpenGlKind gl;
    private readonly DataView controls;
    private readonly double[] observation;
    private RandomSource random;
    private Renderer? renderer;

    /// <summary>Compiles the model.</summary>
    /// <param name="model">MJCF text, as <see cref="ModelText.Of"/> gives it.</param>
    /// <param name="layout">What the observation is made of, in order.</param>
    /// <param name="options">Seed, camera and picture quality.</param>
    /// <param name="substeps">Physics steps per control step.</param>
    protected ControlTask(string model, IReadOnlyList<ObservationEntry> layout, ControlTaskOptions options,
        int substeps = 1)
    {
        Substeps = substeps;
        (Camera, quality, gl) = (options.Camera, options.Quality, options.Gl);
        Picture = new ImageSpace(options.PictureSize, options.PictureSize);
        Layout = layout;
        var observationSize = layout.Sum(entry => entry.Size);
        Physics = new Physics(model);
        controls = Physics.View("ctrl");
        random = RandomSource.Derive((ulong)options.Seed);
        observation = new double[observationSize];
        ObservationSpace = BoxSpace.Uniform(observationSize, float.NegativeInfinity, float.PositiveInfinity);
        var range = Physics.Model("actuator_ctrlrange");    // (nu, 2)
        var (low, high) = (new float[Physics.Nu], new float[Physics.Nu]);
        for (var i = 0; i < low.Length; i++)
            (low[i], high[i]) = ((float)range[2 * i], (float)range[2 * i + 1]);
        ActionSpace = new BoxSpace(low, high);
    }

    /// <summary>The simulation.</summary>
    public Physics Physics { get; }

    /// <summary>What the observation is made of, in order.</summary>
    public IReadOnlyList<ObservationEntry> Layout { get; }

    /// <inheritdoc/>
    public Space ObservationSpace { get; }

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <inheritdoc/>
    public ImageSpace Picture { get; }

    /// <summary>Fixed camera of the pictures, in the order of the compiled model.</summary>
    public int Camera { get; }

    /// <summary>Physics steps of one control step.</summary>
    public int Substeps { get; }

    /// <summary>Seconds of one control step.</summary>
    public double ControlTimestep => Physics.Timestep * Substeps;

    /// <summary>The reward of the present state and control, in [0, 1].</summary>
    public abstract double Reward();

    /// <summary>The observation of the present state in full precision, in the order of the suite.</summary>
    public double[] Observation()
    {
        var values = new double[observation.Length];
        Observe(values);
        return values;
    }

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given)
            random = RandomSource.Derive((ulong)given);
        Physics.Reset();
        Physics.Forward(quiet: true);
        Initialise(random);
        Physics.Forward(quiet: true);
        return Row(0) with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="ReverieException">MuJoCo warned of a bad state or a full buffer.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var control = controls.Span;
        if (action.Length != control.Length)
            throw new ArgumentException($"an action has {control.Length} entries here, not {action.Length}");
        for (var i = 0; i < control.Length; i++)
            control[i] = action[i];    // not clipped: some rewards look at it, MuJoCo clips inside
        StepPhysics();
        return Row(Reward());
    }

    /// <inheritdoc/>
    public byte[] Draw()
    {
        renderer ??= new Renderer(Physics, Picture.Width, Picture.Height, quality, gl);
        return renderer.Draw(Camera);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        renderer?.Dispose();
        Physics.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One control step with the controls as they stand.</summary>
    internal void StepPhysics() => StepPhysics(Substeps);

    /// <summary>Physics steps in the order of a control step of that many.</summary>
    /// <exception cref="ReverieException">MuJoCo warned of a bad state or a full buffer.</exception>
    protected void StepPhysics(int count)
    {
        var warnings = Physics.Warnings;
        Physics.Step(count);
        if (Physics.Warnings != warnings)
            throw new EnvironmentException($"the physics of {GetType().Name} became unstable " +
                $"at {Physics.Time:F3} s: {Physics.LastWarning}");
    }

    /// <summary>Sets the state that an episode starts from, after MuJoCo's own reset.</summary>
    protected abstract void Initialise(RandomSource random);

    /// <summary>Writes the observation of the present state.</summary>
    protected abstract void Observe(Span<double> values);

    private TimeStep Row(double reward)
    {
        Observe(observation);
        return new TimeStep { Image = [], Vector = Array.ConvertAll(observation, x => (float)x), Reward = reward };
    }
}
