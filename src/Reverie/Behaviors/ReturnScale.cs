using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Ranks;

namespace Reverie.Behaviors;

/// <summary>
/// How far returns are apart, so that advantages of any reward's size become of one size (DreamerV3, eq. 7): the running
/// distance of their 5th and 95th percentiles, and at least 1, so that small returns are not blown up with their noise.
/// </summary>
/// <remarks>Its two numbers, which no loss moves, are a module's, so that checkpoints have them. They start at 0 and are
/// not corrected for that: the scale of the first updates is 1.</remarks>
public sealed class ReturnScale : Module
{
    private const double Low = 0.05, High = 0.95, Rate = 0.01, Smallest = 1;

    private readonly Tensor range;

    /// <summary>Begins with a range of 0.</summary>
    public ReturnScale(Initializer init) => range = Parameter("range", init.Zeros(2));

    /// <summary>The running percentiles, low and high.</summary>
    public (float Low, float High) Range => range.ToArray<float>() is [var low, var high] ? (low, high) : default;

    /// <summary>Takes the returns of an update in.</summary>
    /// <param name="returns">Any shape; all of them count alike.</param>
    /// <returns>max(1, high − low) after it, a scalar without gradient.</returns>
    public Tensor Update(Tensor returns) => Update(returns, Alone.Instance);

    /// <summary>The same where they are one rank's: percentiles are of all ranks' together.</summary>
    internal Tensor Update(Tensor returns, IGlobalStatistics batch)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var sorted = batch.All(returns.Detach().To(range.DType)).Sort(0);
        range.Copy_(range * (1 - Rate) + Tensor.Stack([Percentile(sorted, Low), Percentile(sorted, High)]) * Rate);
        return scope.Return((range[1] - range[0]).Clamp(Smallest, null));
    }

    // Between the two nearest, in proportion.
    private static Tensor Percentile(Tensor sorted, double part)
    {
        var at = part * (sorted.Size(0) - 1);
        var (below, above) = ((long)at, Math.Min((long)at + 1, sorted.Size(0) - 1));
        return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
    }
}
