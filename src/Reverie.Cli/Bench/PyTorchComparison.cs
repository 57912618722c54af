using System.Globalization;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>The same update here and in plain PyTorch: same layers and losses, sizes, threads and device.</summary>
internal static class PyTorchComparison
{
    /// <summary>Whether the script has what a configuration asks for.</summary>
    /// <exception cref="ReverieException">it has not; which setting is in the way</exception>
    public static void Demand(Config config, EpisodeLayout layout)
    {
        var missing = PyTorchScript.Find(config.Agent) is { } script
            ? script.Has(config, layout).FirstOrDefault(one => !one.Has).Setting : $"agent={config.Agent}";
        if (missing is not null)
            throw new ReverieException($"--against-pytorch: {missing} is not in benchmarks/pytorch_update.py, "
                + "which has planet and dreamer from pictures with rssm, dreamerv3 from pictures, and world_models");
    }

    /// <summary>Runs the script at the sizes of a configuration.</summary>
    /// <param name="here">what was measured here</param>
    /// <param name="python">runs it</param>
    /// <param name="config">what was computed</param>
    /// <param name="layout">what is seen and done</param>
    /// <param name="timing">how often</param>
    /// <param name="bf16">whether PyTorch is to compute under its autocast</param>
    /// <returns>this program's line, then PyTorch's; on CUDA once more as <c>torch.compile</c> makes it</returns>
    /// <exception cref="ReverieException">it fails, or what it computed is something else</exception>
    public static PyTorchRow[] Run(ModelMeasurement here, PyTorch python, Config config, EpisodeLayout layout,
        Timing timing, bool bf16)
    {
        PyTorchRow Theirs(bool compiled)
        {
            string[] flags = [.. bf16 ? ["--bf16"] : Array.Empty<string>(), .. compiled ? ["--compile"] : Array.Empty<string>()];
            var answer = python.Run(
                [.. Arguments(here.What, config, layout), "--repeats", $"{timing.Repeats}", .. flags], timing.Stop);
            DemandSame(here.Parameters!, answer.Parameters);
            var (seconds, gigaflop) = (Timing.Median(answer.Seconds), here.Gflops * here.Seconds);
            return new("against_pytorch", here.What, seconds,
                $"pytorch {answer.Version}{(compiled ? " compiled" : "")}", answer.Precision, answer.Threads,
                answer.Parameters.Values.Sum(), gigaflop / seconds, answer.PeakMemoryBytes, seconds / here.Seconds);
        }
        var ours = new PyTorchRow("against_pytorch", here.What, here.Seconds, "reverie", here.Precision,
            Torch.Torch.Threads, here.Parameters!.Values.Sum(), here.Gflops, here.PeakMemoryBytes, 1);
        return Device.Parse(config.Compute.Device).IsCuda ? [ours, Theirs(false), Theirs(true)] : [ours, Theirs(false)];
    }

    /// <summary>Two of unequal parameters did not do the same arithmetic.</summary>
    /// <exception cref="ReverieException">they are unequal</exception>
    internal static void DemandSame(
        IReadOnlyDictionary<string, long> here, IReadOnlyDictionary<string, long> there)
    {
        foreach (var part in here.Keys.Union(there.Keys))
            if (here.GetValueOrDefault(part) != there.GetValueOrDefault(part))
                throw new ReverieException($"--against-pytorch: {part} has {here.GetValueOrDefault(part)} parameters "
                    + $"here and {there.GetValueOrDefault(part)} in PyTorch, so the two did not do the same work");
    }

    private static IEnumerable<string> Arguments(string what, Config config, EpisodeLayout layout)
    {
        (string Name, IConvertible Value)[] all =
        [
            ("device", Device.Parse(config.Compute.Device).ToString()), ("threads", Torch.Torch.Threads),
            ("batch", config.Replay.BatchSize), ("length", config.Replay.ChunkLength),
            ("channels", layout.Image!.Channels), ("actions", layout.ActionSize), ("depth", config.Model.CnnDepth),
            ("epsilon", config.Optimizer.Epsilon), ("clip-norm", config.Optimizer.ClipNorm),
            .. PyTorchScript.Find(config.Agent)!.Sizes(what, config),
        ];
        return all.SelectMany(one => new[] { $"--{one.Name}", one.Value.ToString(CultureInfo.InvariantCulture) });
    }
}
