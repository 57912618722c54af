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

    public Tensor Reshape(params ReadOnlySpan<long> shape) => Aten.Reshape.Call(this, shape);
    public Tensor Expand(params ReadOnlySpan<long> shape) => Aten.Expand.Call(this, shape);
    public Tensor Repeat(params ReadOnlySpan<long> times) => Aten.Repeat.Call(this, times);
    public Tensor Permute(params ReadOnlySpan<long> dims) => Aten.Permute.Call(this, dims);
    public Tensor Flip(params ReadOnlySpan<long> dims) => Aten.Flip.Call(this, dims);
    public Tensor Transpose(long a, long b) => Aten.Transpose.Call(this, a, b);
    public Tensor Flatten(long start = 0, long end = -1) => Aten.Flatten.Call(this, start, end);
    public Tensor Unsqueeze(long dim) => Aten.Unsqueeze.Call(this, dim);
    public Tensor Squeeze(long dim) => Aten.Squeeze.Call(this, dim);
    public Tensor Select(long dim, long index) => Aten.Select.Call(this, dim, index);

    /// <summary><paramref name="length"/> entries of a dimension from <paramref name="start"/> on, as a view.</summary>
    public Tensor Narrow(long dim, long start, long length) => Aten.Narrow.Call(this, dim, start, length);

    /// <summary>Padding with a constant, pairs from the last dimension on: (left, right, top, bottom, …).</summary>
    public Tensor Pad(ReadOnlySpan<long> padding, double value = 0) => Aten.Pad.Call(this, padding, value);
    public Tensor IndexSelect(long dim, Tensor index) => Aten.IndexSelect.Call(this, dim, index);

    /// <summary>The entries, counted through all dimensions, that stand at each index: a tensor of the indices' shape.
    /// </summary>
    public Tensor Take(Tensor index) => Aten.Take.Call(this, index);
    public Tensor Gather(long dim, Tensor index) => Aten.Gather.Call(this, dim, index);
    public Tensor[] Unbind(long dim = 0) => Aten.Unbind.CallMany(this, dim);
    public Tensor[] Split(long size, long dim = 0) => Aten.Split.CallMany(this, size, dim);
    public Tensor[] Split(ReadOnlySpan<long> sizes, long dim = 0) => Aten.SplitSizes.CallMany(this, sizes, dim);
    public Tensor PixelShuffle(long factor) => Aten.PixelShuffle.Call(this, factor);
    public Tensor PixelUnshuffle(long factor) => Aten.PixelUnshuffle.Call(this, factor);
    public Tensor Diagonal() => Aten.Diagonal.Call(this);
    public Tensor Detach() => Aten.Detach.Call(this);
    public Tensor Clone() => Aten.Clone.Call(this);
    public Tensor Contiguous(MemoryFormat format = MemoryFormat.Contiguous) => Aten.Contiguous.Call(this, (int)format);

    /// <summary>The same values in another type; this tensor itself where it has that type already.</summary>
    public Tensor To(DType dtype) => dtype == DType ? this : Aten.ToDtype.Call(this, dtype);

    /// <summary>The same values on another device; this tensor itself where it is there already.</summary>
    public Tensor To(Device device) => device == Device ? this : Aten.ToDevice.Call(this, device, DType);
}
