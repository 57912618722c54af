using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>Where tensors live: the processor or one CUDA device.</summary>
public readonly record struct Device
{
    private const int CpuType = 0, CudaType = 1;

    private Device(int type, int index) => (Type, Index) = (type, index);

    internal int Type { get; }
    internal int Index { get; }

    /// <summary>The processor.</summary>
    public static Device Cpu => new(CpuType, -1);

    /// <summary>One CUDA device.</summary>
    public static Device Cuda(int index = 0) => new(CudaType, index);

    /// <summary>True for a CUDA device.</summary>
    public bool IsCuda => Type == CudaType;

    /// <summary>Number of CUDA devices that this libtorch can use; 0 without CUDA.</summary>
    public static int CudaCount => Math.Max(0, TorchBinding.CudaDevices());

    /// <summary>Reads <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>auto</c> (CUDA where there is one).</summary>
    /// <exception cref="TorchException">The text is none of these, or that device is not here.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu") return Cpu;
        if (text == "auto") return CudaCount > 0 ? Cuda() : Cpu;
        var index = 0;
        if (text != "cuda" && !(text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text[5..], out index)))
            throw new TorchException($"device '{text}' is unknown; use cpu, cuda, cuda:N or auto");
        if (index < 0 || index >= CudaCount)
            throw new TorchException(CudaCount == 0
                ? $"device '{text}' is not here: this libtorch ({Torch.Version}) sees no CUDA device; use cpu, or build against a CUDA libtorch with --torch"
                : $"device '{text}' is not here: {CudaCount} CUDA device(s), numbered from 0");
        return Cuda(index);
    }

    internal static Device From(int type, int index) => new(type, type == CpuType ? -1 : index);

    /// <inheritdoc/>
    public override string ToString() => IsCuda ? $"cuda:{Index}" : "cpu";
}
