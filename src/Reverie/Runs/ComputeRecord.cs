using System.Globalization;
using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Runs;

/// <summary>What the last digits of a run's numbers depend on beside its configuration and its seed, as resolved.
/// </summary>
/// <param name="Device">Such as <c>cpu</c>.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Kernels">As <c>compute.kernels</c>.</param>
/// <param name="Threads">Threads of one operator.</param>
/// <param name="Instructions">Level of instructions of the process, as <c>REVERIE_ISA</c> names it; that of our own kernels
/// is lower where <paramref name="Kernels"/> names a level.</param>
/// <param name="Libtorch">Its version.</param>
public sealed record ComputeRecord(
    string Device, string Precision, string Kernels, int Threads, string Instructions, string Libtorch)
{
    /// <summary>What this process computes with, once <see cref="Compute.Prepare"/> has set it.</summary>
    internal static ComputeRecord Now(ComputeConfig config, Device device) => new(device.ToString(),
        Compute.PrecisionOn(device, config) == DType.BFloat16 ? "bf16" : "fp32", config.Kernels, Torch.Torch.Threads,
        Processor.NameOf(Processor.InForce), Torch.Torch.Version);

    /// <summary>Says, in a line, what is another than before; null where nothing is.</summary>
    internal string? ChangedSince(ComputeRecord before)
    {
        string[] changes =
        [
            .. from pair in Parts.Zip(before.Parts)
               where pair.First.Value != pair.Second.Value
               select $"{pair.First.Name} {pair.First.Value} (before: {pair.Second.Value})",
        ];
        return changes.Length == 0 ? null : $"goes on with {string.Join(", ", changes)}: from here on numbers may "
            + "differ in their last digits from those of a run that went on as it began";
    }

    private (string Name, string Value)[] Parts =>
    [
        ("device", Device), ("precision", Precision), ("kernels", Kernels),
        ("threads", Threads.ToString(CultureInfo.InvariantCulture)), ("instructions", Instructions),
        ("libtorch", Libtorch),
    ];
}
