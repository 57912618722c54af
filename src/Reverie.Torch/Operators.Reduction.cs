using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>Reductions and selections.</summary>
public sealed partial class Tensor
{
    /// <summary>The entries along a dimension from the least on.</summary>
    public Tensor Sort(long dim = -1) => Aten.Sort.CallMany(this, dim, false)[0];

    /// <summary>The sum of all elements, of shape ().</summary>
    public Tensor Sum() => Aten.Sum.Call(this);

    /// <summary>The sum along a dimension.</summary>
    public Tensor Sum(long dim, bool keepDim = false) => Sum([dim], keepDim);

    /// <summary>The sum along dimensions.</summary>
    public Tensor Sum(ReadOnlySpan<long> dims, bool keepDim = false) => Aten.SumDim.Call(this, dims, keepDim);

    /// <summary>The mean of all elements, of shape ().</summary>
    public Tensor Mean() => Aten.Mean.Call(this);

    /// <summary>The mean along a dimension.</summary>
    public Tensor Mean(long dim, bool keepDim = false) => Mean([dim], keepDim);

    /// <summary>The mean along dimensions.</summary>
    public Tensor Mean(ReadOnlySpan<long> dims, bool keepDim = false) => Aten.MeanDim.Call(this, dims, keepDim);

    /// <summary>The largest element, of shape ().</summary>
    public Tensor Max() => Aten.Max.Call(this);

    /// <summary>The smallest element, of shape ().</summary>
    public Tensor Min() => Aten.Min.Call(this);

    /// <summary>The largest element along a dimension.</summary>
    public Tensor Amax(long dim, bool keepDim = false) => Aten.Amax.Call(this, Dims(dim), keepDim);

    /// <summary>The smallest element along a dimension.</summary>
    public Tensor Amin(long dim, bool keepDim = false) => Aten.Amin.Call(this, Dims(dim), keepDim);

    /// <summary>Bool, of shape (): whether any element is not 0.</summary>
    public Tensor Any() => Aten.Any.Call(this);

    /// <summary>Bool, of shape (): whether no element is 0.</summary>
    public Tensor All() => Aten.All.Call(this);

    /// <summary>Where the largest element along a dimension stands, int64.</summary>
    public Tensor Argmax(long dim) => Aten.Argmax.Call(this, dim);

    /// <summary>Products of the entries up to each along a dimension.</summary>
    public Tensor Cumprod(long dim) => Aten.Cumprod.Call(this, dim);

    /// <summary>Sums of the entries up to each along a dimension.</summary>
    public Tensor Cumsum(long dim) => Aten.Cumsum.Call(this, dim);

    /// <summary>ln Σ e^x along a dimension.</summary>
    public Tensor LogSumExp(long dim, bool keepDim = false) => Aten.LogSumExp.Call(this, Dims(dim), keepDim);

    /// <summary>e^x / Σ e^x along a dimension.</summary>
    public Tensor Softmax(long dim) => Aten.Softmax.Call(this, dim);

    /// <summary>ln(e^x / Σ e^x) along a dimension.</summary>
    public Tensor LogSoftmax(long dim) => Aten.LogSoftmax.Call(this, dim);

    /// <summary>Euclidean norm of all elements.</summary>
    public Tensor Norm() => Aten.Norm.Call(this);

    /// <summary>Variance along a dimension; <paramref name="correction"/> 0 is the population's, 1 the sample's.</summary>
    public Tensor Var(long dim, long correction, bool keepDim = false) => Aten.Var.Call(this, Dims(dim), correction, keepDim);

    /// <summary>The k largest along a dimension and where they stand.</summary>
    public (Tensor Values, Tensor Indices) TopK(long k, long dim = -1)
    {
        var both = Aten.TopK.CallMany(this, k, dim);
        return (both[0], both[1]);
    }

    /// <summary>For each element how many of the <paramref name="boundaries"/> (K), ascending and of the same type, are
    /// not above it.</summary>
    public Tensor Bucketize(Tensor boundaries) => Aten.Bucketize.Call(this, boundaries, false, true);

    private static Value Dims(long dim)
    {
        ReadOnlySpan<long> one = [dim];
        return one;
    }
}
