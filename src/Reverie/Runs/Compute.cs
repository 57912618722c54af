using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Runs;

/// <summary>Where and in what type a run computes, chosen from its configuration and this machine.</summary>
/// <param name="Device">Device of all tensors.</param>
/// <param name="Precision">Type of convolutions and planning.</param>
public sealed record Compute(Device Device, DType Precision)
{
    /// <summary>Makes the choice, and sets the number of threads and whose kernels compute.</summary>
    /// <exception cref="ConfigurationException">The device asked for is not here.</exception>
    public static Compute Prepare(ComputeConfig config)
    {
        try
        {
            var device = Device.Parse(config.Device);
            var threads = config.Threads > 0 ? config.Threads : Environment.ProcessorCount;
            DemandThreads(threads);
            Reverie.Torch.Torch.Threads = threads;
            Reverie.Torch.Torch.OwnKernels = config.Kernels == "own";
            return new(device, PrecisionOn(device, config));
        }
        catch (TorchException error)
        {
            throw new ConfigurationException($"compute.device: {error.Message}", error);
        }
    }

    /// <summary>The type that a configuration comes to on a device.</summary>
    public static DType PrecisionOn(Device device, ComputeConfig config) =>
        config.Precision == "bf16" || (config.Precision == "auto" && (device.IsCuda || Processor.LikesBFloat16))
            ? DType.BFloat16
            : DType.Float32;

    // OpenMP ends the process where it cannot start a thread, so they are started once here, where that can be told.
    private static void DemandThreads(int count)
    {
        using var end = new ManualResetEventSlim();
        var started = new List<Thread>();
        try
        {
            while (started.Count < count)
            {
                var thread = new Thread(end.Wait, maxStackSize: 1 << 16) { IsBackground = true };
                thread.Start();
                started.Add(thread);
            }
        }
        catch (OutOfMemoryException fault)
        {
            throw new ConfigurationException($"compute.threads: {started.Count} of {count} threads can be started; lower it, "
                + "or raise the limit of processes (`ulimit -u`, or that of the job)", fault);
        }
        finally
        {
            end.Set();
            started.ForEach(thread => thread.Join());
        }
    }
}
