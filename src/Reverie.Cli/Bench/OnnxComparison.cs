using System.Diagnostics;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Policies;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Runtime;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>One decision of an agent in the library and, exported, in ONNX Runtime: one thread, float32, no draws, in
/// turns.</summary>
/// <remarks>Beside the clock the time of the processor is told, which other work on the machine changes less.</remarks>
internal static class OnnxComparison
{
    private const double TurnSeconds = 0.2;
    private const int MostOfATurn = 200;

    /// <summary>Times both.</summary>
    /// <param name="config">what to compute; its device, precision and threads do not matter</param>
    /// <param name="timing">how many turns</param>
    /// <returns>the library's line, then ONNX Runtime's</returns>
    /// <exception cref="ReverieException">the agent cannot be exported, or ONNX Runtime is not there</exception>
    public static OnnxRow[] Run(Config config, Timing timing)
    {
        config = config with { Compute = config.Compute with { Device = "cpu", Precision = "fp32", Threads = 1 } };
        Compute.Prepare(config.Compute);
        OnnxNative.Find();
        var layout = Benchmark.LayoutOf(config);
        var folder = Directory.CreateTempSubdirectory("reverie-bench-").FullName;
        try
        {
            using var policy = Policy.Of(AgentRegistry.Create(config, layout, Device.Cpu, DType.Float32), config, layout);
            var files = policy.Export(Path.Combine(folder, "agent.onnx"));
            using var agent = DreamAgent.Load(files[0]);
            return Run(policy, agent, layout, timing, files.Sum(file => new FileInfo(file).Length));
        }
        catch (InvalidOperationException missing) when (missing.InnerException is DllNotFoundException or TypeInitializationException)
        {
            throw new ReverieException($"--onnx: {OnnxNative.Missing}", missing);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static OnnxRow[] Run(Policy policy, DreamAgent agent, EpisodeLayout layout, Timing timing, long bytes)
    {
        using var memory = agent.Begin();
        using var state = policy.Begin();
        var (picture, vector, mask) = (new byte[layout.ImageSize], new float[layout.VectorSize], new bool[layout.MaskSize]);
        new Random(1).NextBytes(picture);
        Array.Fill(mask, true);
        void Library() => policy.Act(state, picture, vector, mask: mask);
        void Onnx() => agent.Act(memory, picture, vector, mask);
        var (ours, theirs) = (new Turns(Library, Count(Library)), new Turns(Onnx, Count(Onnx)));
        for (var turn = 0; turn < timing.Repeats; turn++)
        {
            timing.Stop.ThrowIfCancellationRequested();
            ours.Take();
            theirs.Take();
        }
        return [ours.Row("reverie", 0, ours), theirs.Row("ONNX Runtime", bytes, ours)];
    }

    private sealed class Turns(Action decision, int count)
    {
        private readonly List<double> seconds = [], processor = [];

        public void Take()
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            for (var i = 0; i < count; i++) decision();
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds / count);
            seconds.Add(clock.Elapsed.TotalSeconds / count);
        }

        public OnnxRow Row(string program, long bytes, Turns ours) => new("act_onnx", Timing.Median([.. seconds]), program, 1,
            Timing.Median([.. processor]), bytes, Timing.Median([.. processor]) / Timing.Median([.. ours.processor]));
    }

    // How many decisions a turn takes, so that it is long beside what a clock is off by. The first few find their memory.
    private static int Count(Action decision)
    {
        for (var i = 0; i < 3; i++) decision();
        var clock = Stopwatch.StartNew();
        decision();
        return (int)Math.Clamp(TurnSeconds / clock.Elapsed.TotalSeconds, 1, MostOfATurn);
    }
}
