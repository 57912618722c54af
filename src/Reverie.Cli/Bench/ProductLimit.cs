using System.Collections.Concurrent;
using Reverie.Torch;

namespace Reverie.Cli.Bench;

/// <summary>What a large matrix product reaches here, in GFLOP/s, by the type of its numbers.</summary>
/// <param name="Fp32">float32</param>
/// <param name="Bf16">bfloat16; 0 where the level in force has no product of it</param>
internal sealed record ProductLimit(double Fp32, double Bf16)
{
    // The shape of the encoder's work at published sizes; products of this size reach what the machine can do.
    private const int Rows = 2500, Inner = 1024, Columns = 3200;

    // A type that the processor has no instructions for is multiplied one by one; then few rows tell as much.
    private const int FewRows = 50;
    private const double TooSlow = 5;

    private const int MostRepeats = 15;     // where what is held against it takes a millisecond and is repeated hundreds of times

    private static readonly ConcurrentDictionary<(Device, int Threads, int Repeats), ProductLimit> Known = new();

    /// <summary>Measures both on a device; once, however many benchmarks are held against it.</summary>
    public static ProductLimit Measure(Device device, Timing timing) =>
        Known.GetOrAdd((device, Torch.Torch.Threads, timing.Repeats), _ => OfBoth(device, timing with
        {
            Repeats = Math.Min(timing.Repeats, MostRepeats),
        }));

    /// <summary>That of a type.</summary>
    public double Of(DType type) => type == DType.BFloat16 ? Bf16 : Fp32;

    private static ProductLimit OfBoth(Device device, Timing timing) =>
        new(Of(DType.Float32, device, timing), OfBFloat16(device, timing));

    // With a level below the processor's (REVERIE_ISA) libtorch still asks oneDNN, which then refuses.
    private static double OfBFloat16(Device device, Timing timing)
    {
        try
        {
            return Of(DType.BFloat16, device, timing);
        }
        catch (TorchException)
        {
            return 0;
        }
    }

    private static double Of(DType type, Device device, Timing timing)
    {
        var first = Of(FewRows, type, device, timing with { Repeats = 1 });
        return first < TooSlow ? first : Of(Rows, type, device, timing);
    }

    private static double Of(int rows, DType type, Device device, Timing timing)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (a, b) = (Tensor.Ones([rows, Inner], type, device), Tensor.Ones([Inner, Columns], type, device));
        var seconds = timing.Seconds(() =>
        {
            using var inner = new TensorScope();
            a.Matmul(b)[0].Narrow(0, 0, 1).Item();
        });
        return 2e-9 * rows * Inner * Columns / seconds;
    }
}
