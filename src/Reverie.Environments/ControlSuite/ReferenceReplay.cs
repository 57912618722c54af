using Reverie.Environments.Mujoco;
using Reverie.Pictures;

namespace Reverie.Environments.ControlSuite;

/// <summary>
/// Replays recorded episodes of the original suite and measures how far this one is from them. A picture
/// <c>NAME.png</c> (after the reset) or <c>NAME_last.png</c> (after the last step) beside <c>NAME.json</c> is compared
/// too.
/// </summary>
public sealed class ReferenceReplay
{
    private const double PictureTolerance = 0.5;    // mean difference of 255; other OpenGLs round differently
    private const double Rounding = 1e-12;
    private const double EarlyDrift = 1e-6;         // what the last digit may grow to ...
    private const int EarlySteps = 10;              // ... in so many steps

    private readonly ErrorMeter state = new(), observation = new(), reward = new(), probes = new();
    private readonly string path;
    private readonly ReferenceFile file;
    private readonly ControlTask task;
    private readonly OpenGlKind gl;
    private readonly ReplayMode mode;
    private readonly RecordedStates states;
    private Renderer? renderer;    // of the last picture; that of the next is as large, and opening one takes long
    private double? picture;
    private bool picturesOk = true;

    private ReferenceReplay(string path, ReferenceFile file, ControlTask task, ReplayMode mode, OpenGlKind gl)
    {
        (this.path, this.file, this.task, this.mode, this.gl) = (path, file, task, mode, gl);
        states = new RecordedStates(task.Physics, file.ModelValues);
    }

    /// <summary>Replays one file.</summary>
    /// <param name="path">A JSON file of the reference format.</param>
    /// <param name="mode">In one go, or step by step from the recorded states.</param>
    /// <param name="gl">The OpenGL that draws the pictures to compare.</param>
    /// <exception cref="ReverieException">The file cannot be read, its task is not known here, or its sizes are not
    /// those of the model.</exception>
    public static ReplayResult Run(string path, ReplayMode mode = ReplayMode.Trajectory,
        OpenGlKind gl = OpenGlKind.Auto)
    {
        var file = ReferenceFile.Read(path);
        if (!ControlSuiteTasks.Names.Contains(file.Task))
            throw new DataException($"cannot replay {path}: its task '{file.Task}' is not one of " +
                $"{string.Join(", ", ControlSuiteTasks.Names)}");
        using var task = ControlSuiteTasks.Make(file.Task);
        var replay = new ReferenceReplay(path, file, task, mode, gl);
        try
        {
            return replay.Replay();
        }
        catch (ReverieException fault)
        {
            throw new DataException($"cannot replay {path}: {fault.Message}", fault);
        }
        finally
        {
            replay.renderer?.Dispose();
        }
    }

    private bool Drifts => mode == ReplayMode.Trajectory && state.Relative > Rounding;

    private ReplayResult Replay()
    {
        CheckSizes();
        states.Resume(file.Initial);
        if (file.Initial.Observation.Length > 0)
            observation.Compare(task.Observation(), file.Initial.Observation, Rounding);
        ComparePicture(".png");
        for (var step = 0; step < file.Actions.Length; step++)
        {
            if (mode == ReplayMode.OneStep)
                states.Resume(file.Before(step));
            file.Actions[step].CopyTo(task.Physics.Ctrl);
            task.StepPhysics();
            CompareStep(step);
        }
        ComparePicture("_last.png");
        foreach (var probe in file.Probes)
            CompareProbe(probe);
        var starts = mode == ReplayMode.Trajectory ? StartDistribution.Ratio(file) : null;
        var ok = state.Ok && observation.Ok && reward.Ok && probes.Ok && picturesOk
            && starts is null or <= 1;
        return new ReplayResult(path, file.Task, mode,
            state.Largest, observation.Largest, reward.Largest, probes.Largest, picture, starts, Drifts, ok);
    }

    private void CompareStep(int step)
    {
        var tolerance = mode == ReplayMode.OneStep ? Rounding
            : step < EarlySteps ? EarlyDrift : double.PositiveInfinity;
        state.Compare(task.Physics.Qpos, file.AfterStep.Qpos[step], tolerance);
        state.Compare(task.Physics.Qvel, file.AfterStep.Qvel[step], tolerance);
        state.Compare(task.Physics.Data("act"), file.AfterStep.Act[step], tolerance);
        tolerance = Drifts ? double.PositiveInfinity : Rounding;    // of another state
        reward.Compare(task.Reward(), file.AfterStep.Reward[step], tolerance);
        observation.Compare(task.Observation(), file.AfterStep.Observation[step], tolerance);
    }

    private void CompareProbe(ReferenceFile.Probe probe)
    {
        states.Put(probe.Qpos, probe.Qvel, probe.Act);
        states.Write("ctrl", probe.Ctrl);
        task.Physics.Forward();
        probes.Compare(task.Reward(), probe.Reward, Rounding);
        probes.Compare(task.Observation(), probe.Observation, Rounding);
    }

    private void ComparePicture(string ending)
    {
        var beside = Path.ChangeExtension(path, null) + ending;
        if (!File.Exists(beside))
            return;
        var (expected, width, height) = PngImage.Read(beside);
        if (renderer is null || (renderer.Width, renderer.Height) != (width, height))
        {
            renderer?.Dispose();
            renderer = new Renderer(task.Physics, width, height, PictureQuality.Suite, gl);
        }
        var differences = renderer.Draw(file.Camera).Zip(expected, (a, b) => Math.Abs(a - b)).ToArray();
        picture = Math.Max(picture ?? 0, differences.Max());
        picturesOk &= Drifts || differences.Average() <= PictureTolerance;
    }

    private void CheckSizes()
    {
        var physics = task.Physics;
        if ((file.Nq, file.Nv, file.Na, file.Nu) != (physics.Nq, physics.Nv, physics.Na, physics.Nu))
            throw new DataException($"nq, nv, na, nu are {file.Nq}, {file.Nv}, {file.Na}, {file.Nu} there " +
                $"and {physics.Nq}, {physics.Nv}, {physics.Na}, {physics.Nu} in the model");
    }
}
