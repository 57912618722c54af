using System.Globalization;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Benchmarks;

/// <summary>
/// What a picture of each task costs in both qualities, and how far they are apart: one row a task, over states that
/// random actions lead to.
/// </summary>
/// <remarks>Time is that of the processor, so that other work on the machine changes it less; the smallest of several
/// rounds counts. It includes the way back from OpenGL.</remarks>
internal static class PictureTable
{
    private const int States = 25, StepsBetween = 40, StatesOfAnEpisode = 5, Rounds = 7;

    public static void Print(TextWriter output)
    {
        output.WriteLine("| task | suite, ms | fast, ms | times faster | mean difference | in the worst state |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var name in ControlSuiteTasks.Names)
            output.WriteLine(Row(name));
    }

    private static string Row(string name)
    {
        using var task = ControlSuiteTasks.Make(name, seed: 1);
        using var suite = new Renderer(task.Physics, 64, 64, PictureQuality.Suite);
        using var fast = new Renderer(task.Physics, 64, 64, PictureQuality.Fast);
        var random = new RandomSource(1);
        var differences = new double[States];
        double slow = 0, quick = 0;
        for (var state = 0; state < States; state++)
        {
            if (state % StatesOfAnEpisode == 0)
                task.Reset();
            else
                Wander(task, random);
            differences[state] = suite.Draw(task.Camera)
                .Zip(fast.Draw(task.Camera), (a, b) => Math.Abs(a - b)).Average();
            slow += Milliseconds(() => suite.Draw(task.Camera));
            quick += Milliseconds(() => fast.Draw(task.Camera));
        }
        return string.Create(CultureInfo.InvariantCulture,
            $"| `{name}` | {slow / States:0.0} | {quick / States:0.00} | {slow / quick:0.0} " +
            $"| {differences.Average():0.00} | {differences.Max():0.00} |");
    }

    private static double Milliseconds(Action draw)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            draw();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }
        return best;
    }

    private static void Wander(ControlTask task, RandomSource random)
    {
        var action = new float[task.Physics.Nu];
        for (var step = 0; step < StepsBetween; step++)
        {
            for (var i = 0; i < action.Length; i++)
                action[i] = (float)random.NextDouble(-1, 1);
            task.Step(action);
        }
    }
}
