using System.Globalization;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Runs;
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
            throw new ReverieException($"--against-pytorch: {missing} is not in benchmarks/pytorch_update.py, which has planet, "
                + "dreamer, dreamerv2 and dreamerv3 from pictures with latents and layers of their own, world_models, d4pg, curl "
                + "and a3c");
    }

    /// <summary>Runs the script at the sizes of a configuration, in each form of PyTorch.</summary>
    /// <param name="here">what was measured here</param>
    /// <param name="python">runs it</param>
    /// <param name="config">what was computed</param>
    /// <param name="layout">what is seen and done</param>
    /// <param name="timing">how often</param>
    /// <param name="forms">names of the forms; null for those that can be of use</param>
    /// <param name="say">told which of them cannot be had here, and why</param>
    /// <returns>this program's line, then one of each form</returns>
    /// <exception cref="ReverieException">the first form fails, or what was computed is something else</exception>
    public static PyTorchRow[] Run(ModelMeasurement here, PyTorch python, Config config, EpisodeLayout layout,
        Timing timing, string? forms, Action<string> say)
    {
        var device = Device.Parse(config.Compute.Device).IsCuda;
        var ours = new PyTorchRow("against_pytorch", here.What, here.Seconds, here.ProcessorSeconds, "reverie", null,
            here.Precision, Torch.Torch.Threads, here.Parameters!.Values.Sum(), here.Gflops, here.PeakMemoryBytes)
        {
            OnDevice = device,
        };
        List<PyTorchRow> theirs = [];
        foreach (var form in PyTorchForm.Of(forms, Precision(config) == DType.BFloat16, HasPictures(here.What, layout)))
            if (python.Run([.. Arguments(here.What, config, layout), "--repeats", $"{timing.Repeats}", .. form.Flags],
                timing.Stop, out var fault) is { } answer)
            {
                DemandSame(here.Parameters!, answer.Parameters);
                var seconds = Timing.Median(answer.Seconds);
                var row = ours with
                {
                    Seconds = seconds, ProcessorSeconds = Timing.Median(answer.ProcessorSeconds),
                    Program = $"pytorch {answer.Version}", Form = form.Name, Precision = answer.Precision,
                    Threads = answer.Threads, Gflops = here.Gflops * here.Seconds / seconds,
                    PeakMemoryBytes = answer.PeakMemoryBytes,
                };
                theirs.Add(row with { Ratio = row.Compared / ours.Compared });
            }
            else if (theirs.Count == 0)
                throw new ReverieException($"--against-pytorch: {fault}");
            else
                say($"{form.Name} is left out: {fault}");
        var fastest = theirs.MinBy(row => row.Compared);
        return [ours, .. theirs.Select(row => row with { Fastest = row == fastest })];
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

    private static DType Precision(Config config) =>
        Compute.PrecisionOn(Device.Parse(config.Compute.Device), config.Compute);

    private static bool HasPictures(string what, EpisodeLayout layout) => layout.Image is not null && what != "update_m";

    private static IEnumerable<string> Arguments(string what, Config config, EpisodeLayout layout)
    {
        (string Name, IConvertible Value)[] all =
        [
            ("device", Device.Parse(config.Compute.Device).ToString()), ("threads", Torch.Torch.Threads),
            ("batch", config.Replay.BatchSize), ("length", config.Replay.ChunkLength), ("depth", config.Model.CnnDepth),
            ("cnn-activation", config.Model.CnnActivation), ("epsilon", config.Optimizer.Epsilon),
            ("clip-norm", config.Optimizer.ClipNorm), ("weight-decay", config.Optimizer.WeightDecay),
            .. PyTorchSizes.OfRows(layout), .. PyTorchScript.Find(config.Agent)!.Sizes(what, config, layout),
        ];
        return all.SelectMany(one => new[] { $"--{one.Name}", one.Value.ToString(CultureInfo.InvariantCulture) });
    }
}
