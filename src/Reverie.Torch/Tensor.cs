using Reverie.Torch.Capture;
using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>
/// A tensor of libtorch. Born inside a <see cref="TensorScope"/>, which frees it; has no finalizer. Operators keep
/// PyTorch's names and meaning.
/// </summary>
/// <remarks>Any thread may read it as long as its owner keeps it; nobody may change it meanwhile.</remarks>
public sealed partial class Tensor : IDisposable
{
    private static long live;
    private nint handle;
    private (long[] Shape, DType DType, Device Device, bool RequiresGrad, bool IsContiguous)? facts;

    internal Tensor(nint handle)
    {
        this.handle = handle;
        Interlocked.Increment(ref live);
        TensorScope.Adopt(this);
    }

    /// <summary>Tensors alive in the process, as the leak tests count them.</summary>
    public static long LiveCount => Interlocked.Read(ref live);

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor),
        "this tensor was freed with its scope; Return() or Keep() what must outlive one");

    internal TensorScope.Arena? Owner { get; set; }
    internal int Slot { get; set; }

    private (long[] Shape, DType DType, Device Device, bool RequiresGrad, bool IsContiguous) Facts =>
        facts ??= TorchBinding.Describe(Handle);

    /// <summary>Sizes of the dimensions.</summary>
    public ReadOnlySpan<long> Shape => Facts.Shape;

    /// <summary>Element type.</summary>
    public DType DType => Facts.DType;

    /// <summary>Where the elements live.</summary>
    public Device Device => Facts.Device;

    /// <summary>Number of dimensions.</summary>
    public int Dim => Facts.Shape.Length;

    /// <summary>True where gradients flow to or through it.</summary>
    public bool RequiresGrad => TorchBinding.Describe(Handle).RequiresGrad;

    /// <summary>True where elements lie row-major without gaps.</summary>
    public bool IsContiguous => Facts.IsContiguous;

    /// <summary>Number of elements.</summary>
    public long Numel
    {
        get
        {
            long product = 1;
            foreach (var size in Facts.Shape) product *= size;
            return product;
        }
    }

    /// <summary>Size of one dimension; negative counts from the end.</summary>
    public long Size(int dim) => Facts.Shape[dim < 0 ? Dim + dim : dim];

    /// <summary>Takes the tensor out of its scope: the caller owns it and must dispose it.</summary>
    public Tensor Keep()
    {
        Owner?.Remove(this);
        return this;
    }

    /// <summary>Another handle of the same elements, born in the innermost scope.</summary>
    public Tensor Alias() => new(TorchBinding.Share(Handle));

    /// <summary>Frees the tensor now, whether a scope or the caller owns it.</summary>
    public void Dispose()
    {
        if (handle == 0) return;
        Owner?.Remove(this);
        TorchBinding.Free([handle]);
        Forget();
    }

    /// <summary>The single element, copied to the host. Waits for the device: never inside a training step.</summary>
    public double Item()
    {
        if (Numel != 1) throw new TorchException($"Item: one element expected, the shape is {ShapeText}");
        return DType == DType.Float64 ? ToArray<double>()[0] : DType is DType.Float32 ? ToArray<float>()[0] : ItemOfOther();
    }

    /// <summary>The elements, row-major, copied to the host.</summary>
    /// <typeparam name="T">The type that matches <see cref="DType"/>: byte, bool, int, long, float or double.</typeparam>
    public T[] ToArray<T>() where T : unmanaged
    {
        var data = new T[Numel];
        CopyTo(data.AsSpan());
        return data;
    }

    /// <summary>Copies the elements, row-major, into host memory of exactly their size.</summary>
    public void CopyTo<T>(Span<T> data) where T : unmanaged
    {
        RequireType<T>(DType);
        Recording.Forbid("CopyTo");
        TorchBinding.ToData(Handle, data);
    }

    /// <summary>Shape as <c>[2, 3]</c>, for messages.</summary>
    public string ShapeText => $"[{string.Join(", ", Facts.Shape)}]";

    /// <inheritdoc/>
    public override string ToString() => handle == 0 ? "Tensor (freed)" : $"Tensor {ShapeText} {DType} {Device}";

    /// <summary>Marks a leaf as one that gradients are asked for.</summary>
    internal Tensor SetRequiresGrad(bool required)
    {
        TorchBinding.SetRequiresGrad(Handle, required);
        facts = null;
        return this;
    }

    internal void Forget()
    {
        handle = 0;
        Owner = null;
        Interlocked.Decrement(ref live);
    }

    internal static void RequireType<T>(DType dtype) where T : unmanaged
    {
        var fits = dtype switch
        {
            DType.UInt8 => typeof(T) == typeof(byte),
            DType.Bool => typeof(T) == typeof(bool),
            DType.Int32 => typeof(T) == typeof(int),
            DType.Int64 => typeof(T) == typeof(long),
            DType.Float32 => typeof(T) == typeof(float),
            DType.Float64 => typeof(T) == typeof(double),
            DType.Float16 => typeof(T) == typeof(Half),
            _ => typeof(T) == typeof(ushort),
        };
        if (!fits) throw new TorchException($"elements of type {dtype} cannot be read as {typeof(T).Name}");
    }

    private double ItemOfOther()
    {
        using var scope = new TensorScope();
        return To(DType.Float64).ToArray<double>()[0];
    }
}
