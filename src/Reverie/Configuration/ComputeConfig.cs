namespace Reverie.Configuration;

/// <summary>Where and how numbers are computed.</summary>
public sealed record ComputeConfig
{
    /// <summary><see cref="Threads"/> as the word <c>auto</c>.</summary>
    public const int AutoThreads = -1;

    /// <summary>Cpu, cuda, cuda:N, or auto.</summary>
    [Setting("cpu, cuda, cuda:N, or auto", Source = "ours")]
    public string Device { get; init; } = "auto";

    /// <summary>Fp32, bf16, or auto (bf16 where the processor is faster at it).</summary>
    [Setting("fp32, bf16, or auto (bf16 where the processor is faster at it)", OneOf = ["auto", "fp32", "bf16"])]
    public string Precision { get; init; } = "auto";

    /// <summary>Own: loops and matrix tiles of ours where the processor has what they need; a level: the same with its
    /// instructions and no others; libtorch: its operators alone.</summary>
    [Setting("own: loops and matrix tiles of ours where the processor has what they need; a level: the same with its "
        + "instructions and no others; libtorch: its operators alone",
        Source = "ours", OneOf = ["own", "libtorch", "avx2", "avx512", "avx512_bf16", "amx"], MayChange = true)]
    public string Kernels { get; init; } = "own";

    /// <summary>Auto: updates and decisions as CUDA graphs where there is CUDA; off: always as written.</summary>
    [Setting("auto: updates and decisions as CUDA graphs where there is CUDA; off: always as written",
        Source = "ours", OneOf = ["auto", "off"])]
    public string Graphs { get; init; } = "auto";

    /// <summary>Threads of tensor operators; 0 takes all cores, auto one where updates and plans are too small for more to
    /// pay, else all.</summary>
    [Setting("threads of tensor operators; 0 takes all cores, auto one where updates and plans are too small for more to pay, "
        + "else all", Min = 0, Max = 1024, Auto = AutoThreads, MayChange = true)]
    public int Threads { get; init; } = AutoThreads;
}
