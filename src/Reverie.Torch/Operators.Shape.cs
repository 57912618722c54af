using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>How tensors lie in memory.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major.</summary>
    Contiguous = 0,

    /// <summary>Channels innermost, for (N, C, H, W).</summary>
    ChannelsLast = 2,
}

/// <summary>Shapes, types and places.</summary>
public sealed partial class Tensor
{
    /// <summary>One row of the first dimension.</summary>
    [System.Runtime.CompilerServices.IndexerName("Row")]
    public Tensor this[long index] => Select(0, index);

    /// <summary>The elements in another shape, of which one size may be −1; a view where that is possible.</summary>
    public Tensor Reshape(params ReadOnlySpan<long> shape) => Aten.Reshape.Call(this, shape);

    /// <summary>A view in which dimensions of size 1 are repeated; −1 leaves one as it is.</summary>
    public Tensor Expand(params ReadOnlySpan<long> shape) => Aten.Expand.Call(this, shape);

    /// <summary>Copies beside each other, so many times along each dimension.</summary>
    public Tensor Repeat(params ReadOnlySpan<long> times) => Aten.Repeat.Call(this, times);

    /// <summary>A view with the dimensions in another order.</summary>
    public Tensor Permute(params ReadOnlySpan<long> dims) => Aten.Permute.Call(this, dims);

    /// <summary>The entries along dimensions in reverse order.</summary>
    public Tensor Flip(params ReadOnlySpan<long> dims) => Aten.Flip.Call(this, dims);

    /// <summary>A view with two dimensions exchanged.</summary>
    public Tensor Transpose(long a, long b) => Aten.Transpose.Call(this, a, b);

    /// <summary>Dimensions <paramref name="start"/> to <paramref name="end"/>, both included, as one.</summary>
    public Tensor Flatten(long start = 0, long end = -1) => Aten.Flatten.Call(this, start, end);

    /// <summary>A view with one dimension of size 1 more.</summary>
    public Tensor Unsqueeze(long dim) => Aten.Unsqueeze.Call(this, dim);

    /// <summary>A view without a dimension of size 1.</summary>
    public Tensor Squeeze(long dim) => Aten.Squeeze.Call(this, dim);

    /// <summary>One entry of a dimension, which is gone in the view.</summary>
    public Tensor Select(long dim, long index) => Aten.Select.Call(this, dim, index);

    /// <summary><paramref name="length"/> entries of a dimension from <paramref name="start"/> on, as a view.</summary>
    public Tensor Narrow(long dim, long start, long length) => Aten.Narrow.Call(this, dim, start, length);

    /// <summary>Padding with a constant, pairs from the last dimension on: (left, right, top, bottom, …).</summary>
    public Tensor Pad(ReadOnlySpan<long> padding, double value = 0) => Aten.Pad.Call(this, padding, value);

    /// <summary>Entries of a dimension by their indices (N), in that order.</summary>
    public Tensor IndexSelect(long dim, Tensor index) => Aten.IndexSelect.Call(this, dim, index);

    /// <summary>The entries, counted through all dimensions, that stand at each index: a tensor of the indices' shape.
    /// </summary>
    public Tensor Take(Tensor index) => Aten.Take.Call(this, index);

    /// <summary>Of each row along a dimension the entries at its own indices: a tensor of the indices' shape.</summary>
    public Tensor Gather(long dim, Tensor index) => Aten.Gather.Call(this, dim, index);

    /// <summary>Adds <paramref name="source"/> to each row along a dimension, every entry at its own index there: a tensor of
    /// this one's shape. Indices are int64, of the source's shape.</summary>
    public Tensor ScatterAdd(long dim, Tensor index, Tensor source) => Aten.ScatterAdd.Call(this, dim, index, source);

    /// <summary>The entries of a dimension, as views without it.</summary>
    public Tensor[] Unbind(long dim = 0) => Aten.Unbind.CallMany(this, dim);

    /// <summary>Views of <paramref name="size"/> entries of a dimension each; the last may have fewer.</summary>
    public Tensor[] Split(long size, long dim = 0) => Aten.Split.CallMany(this, size, dim);

    /// <summary>Views of so many entries of a dimension each.</summary>
    public Tensor[] Split(ReadOnlySpan<long> sizes, long dim = 0) => Aten.SplitSizes.CallMany(this, sizes, dim);

    /// <summary>(…, C·f², H, W) → (…, C, f·H, f·W).</summary>
    public Tensor PixelShuffle(long factor) => Aten.PixelShuffle.Call(this, factor);

    /// <summary>(…, C, f·H, f·W) → (…, C·f², H, W).</summary>
    public Tensor PixelUnshuffle(long factor) => Aten.PixelUnshuffle.Call(this, factor);

    /// <summary>The diagonal of a matrix, as a view.</summary>
    public Tensor Diagonal() => Aten.Diagonal.Call(this);

    /// <summary>The same memory without a way for gradients.</summary>
    public Tensor Detach() => Aten.Detach.Call(this);

    /// <summary>A copy.</summary>
    public Tensor Clone() => Aten.Clone.Call(this);

    /// <summary>The elements in that order of memory; this tensor's own memory where they are already.</summary>
    public Tensor Contiguous(MemoryFormat format = MemoryFormat.Contiguous) => Aten.Contiguous.Call(this, (int)format);

    /// <summary>The same values in another type; this tensor itself where it has that type already.</summary>
    public Tensor To(DType dtype) => dtype == DType ? this : Aten.ToDtype.Call(this, dtype);

    /// <summary>The same values on another device; this tensor itself where it is there already.</summary>
    public Tensor To(Device device) => device == Device ? this : Aten.ToDevice.Call(this, device, DType);
}
