using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Cli.Bench;

/// <summary>
/// What the loops here and in C do with a task of the control suite: the same model, starts and actions. Every loop
/// answers with its seconds and a sum over what came out, which is the same number in both.
/// </summary>
internal sealed class Scenario : IDisposable
{
    // Arrays of mjModel that tasks change after their model was compiled, doubles and floats.
    private static readonly string[] Changing =
        ["body_pos", "geom_pos", "geom_size", "site_pos", "site_size", "dof_damping"];
    private static readonly string[] ChangingFloats = ["geom_rgba", "site_rgba"];

    private readonly ControlTask task;
    private readonly IEnvironment environment;    // the task with actions in [-1, 1]
    private readonly double[][] starts;    // qpos, then qvel
    private readonly double[][] controls;    // in the bounds of the task
    private readonly Dictionary<PictureQuality, Renderer> renderers = [];
    private readonly OpenGlKind gl;

    /// <summary>Makes it.</summary>
    /// <param name="name">of the task</param>
    /// <param name="actions">of an agent in [-1, 1], taken one after the other and then again</param>
    /// <param name="seeds">of the start of each environment there will be</param>
    /// <param name="gl">the OpenGL that draws</param>
    public Scenario(string name, float[][] actions, int[] seeds, OpenGlKind gl)
    {
        this.gl = gl;
        task = ControlSuiteTasks.Make(name);
        environment = NormalizeActions.Wrap(task);
        environment.Reset();
        controls = Array.ConvertAll(actions, Controls);
        starts = new double[seeds.Length][];
        for (var n = seeds.Length - 1; n >= 0; n--)    // the first one last: its changes stay in the model
            starts[n] = Start(seeds[n]);
    }

    /// <summary>Physics steps of one control step.</summary>
    public int Substeps => task.Substeps;

    /// <summary>Control steps from the first start, without observations and rewards.</summary>
    /// <exception cref="ReverieException">MuJoCo warned of a bad state or a full buffer.</exception>
    public LoopOutcome Physics(int count)
    {
        Restart();
        var control = task.Physics.View("ctrl");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            controls[i % controls.Length].CopyTo(control.Span);
            task.Physics.Step(task.Substeps);
            if (task.Physics.Warnings > 0)
                throw new ReverieException($"the physics became unstable: {Environments.Mujoco.Physics.LastWarning}");
        }
        var seconds = clock.Elapsed.TotalSeconds;
        var check = 0.0;
        for (var i = 0; i < task.Physics.Nq; i++)
            check += (i + 1) * task.Physics.Qpos[i];
        return new LoopOutcome(seconds, check);
    }

    /// <summary>Pictures of the first start.</summary>
    public LoopOutcome Pictures(PictureQuality quality, int camera, int count)
    {
        if (!renderers.TryGetValue(quality, out var renderer))
            renderers[quality] = renderer =
                new Renderer(task.Physics, task.Picture.Width, task.Picture.Height, quality, gl);
        Restart();
        byte[] picture = [];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            picture = renderer.Draw(camera);
        var seconds = clock.Elapsed.TotalSeconds;
        var check = 0L;
        for (var i = 0; i < picture.Length; i++)
            check += (i % 251 + 1) * picture[i];
        return new LoopOutcome(seconds, check);
    }

    /// <summary>Writes what the loop in C reads.</summary>
    /// <returns>the files of the model and of the scenario</returns>
    public (string Model, string Scenario) Write(string folder, int camera, int repeat)
    {
        var files = (Path.Combine(folder, "model.xml"), Path.Combine(folder, "scenario.txt"));
        File.WriteAllText(files.Item1, task.Physics.Xml);
        var changes = Changes();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"camera {camera} substeps {Substeps} repeat {repeat} ")
            .AppendLine(CultureInfo.InvariantCulture, $"size {task.Picture.Width} environments {starts.Length} ")
            .AppendLine(CultureInfo.InvariantCulture, $"rows {controls.Length} changes {changes.Count}");
        foreach (var (array, index, value) in changes)
            text.AppendLine(CultureInfo.InvariantCulture, $"{array} {index} {value:R}");
        foreach (var start in starts)
            text.AppendLine(string.Join(' ', start.Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
        foreach (var row in controls)
            text.AppendLine(string.Join(' ', row.Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
        File.WriteAllText(files.Item2, text.ToString());
        return files;
    }

    /// <summary>Frees the task.</summary>
    public void Dispose()
    {
        foreach (var renderer in renderers.Values)
            renderer.Dispose();
        environment.Dispose();
    }

    private double[] Controls(float[] action)
    {
        environment.Step(action);
        return task.Physics.Ctrl.ToArray();
    }

    private double[] Start(int seed)
    {
        environment.Reset(seed);
        return [.. task.Physics.Qpos, .. task.Physics.Qvel];
    }

    // As the loop in C does it.
    private void Restart()
    {
        task.Physics.Reset();
        starts[0].AsSpan(0, task.Physics.Nq).CopyTo(task.Physics.Qpos);
        starts[0].AsSpan(task.Physics.Nq).CopyTo(task.Physics.Qvel);
        task.Physics.Forward(quiet: true);
    }

    private List<(string Array, int Index, double Value)> Changes()
    {
        using var compiled = new Physics(task.Physics.Xml);
        var changes = new List<(string, int, double)>();
        foreach (var array in Changing)
            changes.AddRange(Differences<double>(array, compiled.Model(array), task.Physics.Model(array)));
        foreach (var array in ChangingFloats)
            changes.AddRange(Differences<float>(
                array, compiled.ModelFloats(array), task.Physics.ModelFloats(array)));
        return changes;
    }

    private static List<(string Array, int Index, double Value)> Differences<T>(
        string array, ReadOnlySpan<T> before, ReadOnlySpan<T> after) where T : INumber<T>
    {
        var found = new List<(string, int, double)>();
        for (var i = 0; i < after.Length; i++)
            if (before[i] != after[i])
                found.Add((array, i, double.CreateChecked(after[i])));
        return found;
    }
}
