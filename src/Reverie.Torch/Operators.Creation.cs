using Reverie.Torch.Capture;
using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>What makes tensors.</summary>
public sealed partial class Tensor
{
    /// <summary>A tensor with a copy of <paramref name="data"/>, row-major.</summary>
    /// <exception cref="TorchException">The shape does not hold as many elements.</exception>
    public static Tensor FromArray<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> shape, Device? device = null)
        where T : unmanaged
    {
        Recording.Forbid("FromArray");
        return new(TorchBinding.FromData(data, TypeOf<T>(), shape, device ?? Device.Cpu));
    }

    /// <inheritdoc cref="FromArray{T}(ReadOnlySpan{T}, ReadOnlySpan{long}, Device?)"/>
    public static Tensor FromArray<T>(T[] data, ReadOnlySpan<long> shape, Device? device = null) where T : unmanaged =>
        FromArray((ReadOnlySpan<T>)data, shape, device);

    /// <summary>As <see cref="FromArray{T}(T[], ReadOnlySpan{long}, Device?)"/> from bytes of a named type.</summary>
    public static Tensor FromBytes(ReadOnlySpan<byte> data, DType dtype, ReadOnlySpan<long> shape, Device? device = null) =>
        new(TorchBinding.FromData(data, dtype, shape, device ?? Device.Cpu));

    /// <summary>A tensor of one value.</summary>
    public static Tensor Full(ReadOnlySpan<long> shape, double value, DType dtype = DType.Float32, Device? device = null) =>
        Aten.Full.Call(shape, value, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(ReadOnlySpan<long> shape, DType dtype = DType.Float32, Device? device = null) =>
        Full(shape, 0, dtype, device);

    /// <summary>A tensor of ones.</summary>
    public static Tensor Ones(ReadOnlySpan<long> shape, DType dtype = DType.Float32, Device? device = null) =>
        Full(shape, 1, dtype, device);

    /// <summary>A single number, of shape ().</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        Full([], value, dtype, device);

    /// <summary>Numbers from <paramref name="start"/> to below <paramref name="end"/>, of shape (N).</summary>
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.Float32, Device? device = null) =>
        Aten.Arange.Call(start, end, step, dtype, Value.None, device ?? Device.Cpu);

    private static ReadOnlySpan<long> One => [1];

    /// <summary>Standard normal numbers from <paramref name="generator"/>, on its device.</summary>
    public static Tensor Randn(ReadOnlySpan<long> shape, Generator generator, DType dtype = DType.Float32) =>
        generator.DrawsAlike
            ? Zeros(shape, dtype, generator.Device) + Aten.Randn.Call(One, generator, dtype, Value.None, generator.Device)
            : Aten.Randn.Call(shape, generator, dtype, Value.None, generator.Device);

    /// <summary>Numbers uniform in [0, 1) from <paramref name="generator"/>, on its device.</summary>
    public static Tensor Rand(ReadOnlySpan<long> shape, Generator generator, DType dtype = DType.Float32) =>
        generator.DrawsAlike
            ? Zeros(shape, dtype, generator.Device) + Aten.Rand.Call(One, generator, dtype, Value.None, generator.Device)
            : Aten.Rand.Call(shape, generator, dtype, Value.None, generator.Device);

    /// <summary>Tensors one after the other along a dimension; all others are alike.</summary>
    public static Tensor Cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Aten.Cat.Call(tensors, dim);

    /// <summary>Tensors of one shape along a new dimension.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, long dim = 0) => Aten.Stack.Call(tensors, dim);

    /// <summary>Takes from <paramref name="a"/> where the condition holds, else from <paramref name="b"/>.</summary>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b) => Aten.Where.Call(condition, a, b);

    internal static DType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(Half) ? DType.Float16
        : throw new TorchException($"a tensor cannot be made of {typeof(T).Name}");
}
