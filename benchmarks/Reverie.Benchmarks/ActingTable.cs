using System.Diagnostics;
using Reverie.Policies;
using Reverie.Runtime;

namespace Reverie.Benchmarks;

/// <summary>Microseconds of one decision of trained agents, in the library and in ONNX Runtime, on one thread.</summary>
internal static class ActingTable
{
    private const int Repeats = 7, Decisions = 200;

    public static void Print(IReadOnlyList<string> runs, TextWriter output)
    {
        Torch.Torch.Threads = 1;
        output.WriteLine($"{"run",-40} {"library, µs",12} {"ONNX Runtime, µs",17} {"file, MB",9}");
        foreach (var run in runs)
        {
            using var policy = Policy.Load(run);
            var folder = Directory.CreateTempSubdirectory("reverie-acting-");
            var path = Path.Combine(folder.FullName, "agent.onnx");
            policy.Export(path);
            using (var agent = DreamAgent.Load(path))
            using (var memory = agent.Begin())
            using (var state = policy.Begin())
            {
                var (picture, vector) = (new byte[agent.Info.PictureSize], new float[agent.Info.VectorSize]);
                var library = Median(() => policy.Act(state, picture, vector));
                var onnx = Median(() => agent.Act(memory, picture, vector));
                output.WriteLine($"{Path.GetFileName(run),-40} {library,12:0} {onnx,17:0} {new FileInfo(path).Length / 1e6,9:0.00}");
            }
            folder.Delete(recursive: true);
        }
    }

    private static double Median(Action decision)
    {
        for (var i = 0; i < Decisions; i++) decision();
        var times = new double[Repeats];
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Decisions; i++) decision();
            times[repeat] = clock.Elapsed.TotalMicroseconds / Decisions;
        }
        Array.Sort(times);
        return times[Repeats / 2];
    }
}
