using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Runs;

/// <summary>Where and in what type a run computes, chosen from its configuration and this machine.</summary>
/// <param name="Device">Device of all tensors.</param>
/// <param name="Precision">Type of convolutions and planning.</param>
public sealed record Compute(Device Device, DType Precision)
{
    private const string Own = "own", Libtorch = "libtorch";    // of compute.kernels

    /// <summary>Makes the choice, and sets the number of threads and whose kernels compute. With <c>compute.threads=auto</c> it
    /// is that of all cores, until the agent is there and its work is known.</summary>
    /// <exception cref="ConfigurationException">The device or the level of instructions asked for is not here.</exception>
    public static Compute Prepare(ComputeConfig config)
    {
        var level = LevelOf(config.Kernels, Processor.InForce, Processor.Has);
        try
        {
            var device = Device.Parse(config.Device);
            var threads = config.Threads > 0 ? config.Threads : Environment.ProcessorCount;
            DemandThreads(threads);
            Reverie.Torch.Torch.Threads = threads;
            Reverie.Torch.Torch.OwnKernels = config.Kernels != Libtorch;
            Reverie.Torch.Torch.OwnLevel = level;
            return new(device, PrecisionOn(device, config));
        }
        catch (TorchException error)
        {
            throw new ConfigurationException($"compute.device: {error.Message}", error);
        }
    }

    /// <summary>The type that a configuration comes to on a device.</summary>
    public static DType PrecisionOn(Device device, ComputeConfig config) =>
        config.Precision == "bf16" || (config.Precision == "auto" && (device.IsCuda || LikesBFloat16(config.Kernels)))
            ? DType.BFloat16
            : DType.Float32;

    /// <summary>The same, with what this machine has in place of a level of instructions that it lacks: for looking at
    /// what was learned on another machine.</summary>
    public static ComputeConfig Here(ComputeConfig config) =>
        Processor.Named(config.Kernels) > Processor.InForce ? config with { Kernels = Own } : config;

    /// <summary>The level that a word of <c>compute.kernels</c> comes to.</summary>
    /// <param name="kernels">The word.</param>
    /// <param name="inForce">That of the process.</param>
    /// <param name="has">That of the processor.</param>
    /// <exception cref="ConfigurationException">It is more than the process may use.</exception>
    internal static InstructionSet LevelOf(string kernels, InstructionSet inForce, InstructionSet has)
    {
        if (Processor.Named(kernels) is not { } level) return inForce;
        if (level <= inForce) return level;
        var most = Processor.NameOf(inForce);
        throw new ConfigurationException($"compute.kernels is {kernels}, but "
            + (inForce < has ? $"{Processor.Variable} is {most}" : $"this processor has no more than {most}")
            + (inForce == InstructionSet.Baseline ? "; set it to own" : "; set it to that or less, or to own"));
    }

    private static bool LikesBFloat16(string kernels) =>
        Processor.LikesBFloat16 && (Processor.Named(kernels) ?? InstructionSet.Amx) >= InstructionSet.Avx512BFloat16;

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
