using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>Where and in what type a run computes, chosen from its configuration and this machine.</summary>
/// <param name="Device">Device of all tensors.</param>
/// <param name="Precision">Type of convolutions and planning.</param>
public sealed record Compute(Device Device, DType Precision)
{
    /// <summary>Makes the choice, and sets the number of threads and whose kernels compute.</summary>
    /// <exception cref="ReverieException">The device asked for is not here.</exception>
    public static Compute Prepare(ComputeConfig config)
    {
        try
        {
            var device = Device.Parse(config.Device);
            Reverie.Torch.Torch.Threads = config.Threads > 0 ? config.Threads : Environment.ProcessorCount;
            Reverie.Torch.Torch.OwnKernels = config.Kernels == "own";
            return new(device, PrecisionOn(device, config));
        }
        catch (TorchException error)
        {
            throw new ReverieException($"compute.device: {error.Message}", error);
        }
    }

    /// <summary>The type that a configuration comes to on a device.</summary>
    public static DType PrecisionOn(Device device, ComputeConfig config) =>
        config.Precision == "bf16" || (config.Precision == "auto" && (device.IsCuda || ProcessorLikesBFloat16))
            ? DType.BFloat16
            : DType.Float32;

    /// <summary>True where the processor multiplies bfloat16 faster than float32: AMX, or AVX-512 with its extension.</summary>
    public static bool ProcessorLikesBFloat16 { get; } = ReadFlags();

    private static bool ReadFlags()
    {
        const string Path = "/proc/cpuinfo";
        if (!File.Exists(Path)) return false;
        var flags = File.ReadLines(Path).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        return flags.Split(' ').Any(flag => flag is "amx_bf16" or "avx512_bf16");
    }
}
