namespace Reverie.Torch.Tracing;

/// <summary>A tensor that a traced call took or gave: the same one is the same object. Its elements stay readable as long
/// as the <see cref="Trace"/> that it is of.</summary>
internal sealed class TracedValue
{
    internal TracedValue(nint handle, long[] shape, DType dtype, TracedCall? source) =>
        (Handle, Shape, DType, Source) = (handle, shape, dtype, source);

    /// <summary>Sizes of the dimensions.</summary>
    public long[] Shape { get; }

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>The call that gave it; null for what was there before, and for parameters.</summary>
    public TracedCall? Source { get; }

    /// <summary>A handle that the trace owns.</summary>
    internal nint Handle { get; }

    /// <summary>The elements, row-major, in bytes of <see cref="DType"/>.</summary>
    public byte[] Elements()
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var tensor = new Tensor(Native.TorchBinding.Share(Handle));
        var lying = tensor.Contiguous();
        return lying.DType switch
        {
            DType.Float32 => Bytes<float>(lying),
            DType.Float64 => Bytes<double>(lying),
            DType.Int64 => Bytes<long>(lying),
            DType.Int32 => Bytes<int>(lying),
            DType.UInt8 => lying.ToArray<byte>(),
            DType.Bool => Bytes<bool>(lying),
            _ => throw new TorchException($"elements of type {lying.DType} are not traced"),
        };
    }

    private static byte[] Bytes<T>(Tensor tensor) where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.ToArray<T>().AsSpan()).ToArray();
}
