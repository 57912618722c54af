using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>Clipping of gradients by their norm over all tensors together (Pascanu et al. 2013).</summary>
public static class GradientClip
{
    /// <summary>Global Euclidean norm: a scalar on the gradients' device, nothing is copied to the host. Not finite
    /// where any gradient is not.</summary>
    public static Tensor GlobalNorm(ReadOnlySpan<Tensor> gradients)
    {
        if (gradients.Length == 0) throw new TorchException("GlobalNorm: no gradient was given");
        // On several threads libtorch sums a large tensor in as many parts, and the last digits are other ones.
        using var one = new ThreadLimit(1);
        return Tensor.Stack(Aten.ForeachNorm.CallMany(gradients)).Norm();
    }

    /// <summary>maxNorm / max(norm, maxNorm): what gradients of that norm are multiplied with to have a norm of at most
    /// <paramref name="maxNorm"/>. A scalar on the norm's device.</summary>
    public static Tensor Scale(Tensor norm, double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "the largest norm must be above 0");
        return maxNorm / norm.Clamp(maxNorm, null);
    }
}
