using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>Clipping of gradients: by their norm over all tensors together (Pascanu et al. 2013), or each by that of its
/// parameter (Brock et al. 2021).</summary>
public static class GradientClip
{
    /// <summary>Global Euclidean norm: a scalar on the gradients' device, nothing is copied to the host. Not finite
    /// where any gradient is not.</summary>
    public static Tensor GlobalNorm(ReadOnlySpan<Tensor> gradients)
    {
        if (gradients.Length == 0) throw new TorchException("GlobalNorm: no gradient was given");
        return Norms(gradients).Norm();
    }

    /// <summary>maxNorm / max(norm, maxNorm): what gradients of that norm are multiplied with to have a norm of at most
    /// <paramref name="maxNorm"/>. A scalar on the norm's device.</summary>
    public static Tensor Scale(Tensor norm, double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "the largest norm must be above 0");
        return maxNorm / norm.Clamp(maxNorm, null);
    }

    /// <summary>1 / max(1, ‖g‖ / (clip·max(minimum, ‖θ‖))) for each parameter θ of P and its gradient g: what gradients are
    /// multiplied with to have no more than <paramref name="clip"/> of their parameter's norm. (P), on their device.
    /// </summary>
    /// <remarks>DreamerV3's form of adaptive gradient clipping: a norm is that of a whole tensor, biases and scales
    /// included, where Brock et al. take one for each unit.</remarks>
    /// <param name="gradients">Norms of the gradients, (P).</param>
    /// <param name="parameters">Norms of the parameters, (P).</param>
    /// <param name="clip">Largest part.</param>
    /// <param name="minimum">What a parameter's norm counts as at least, so that one of zeros can begin to move.</param>
    public static Tensor AdaptiveScales(Tensor gradients, Tensor parameters, double clip, double minimum)
    {
        if (!(clip > 0)) throw new ArgumentOutOfRangeException(nameof(clip), clip, "the largest part must be above 0");
        return (gradients / (parameters.Clamp(minimum, null) * clip)).Clamp(1, null).Reciprocal();
    }

    /// <summary>The Euclidean norm of each tensor, (P).</summary>
    public static Tensor Norms(ReadOnlySpan<Tensor> tensors)
    {
        // On several threads libtorch sums a large tensor in as many parts, and the last digits are other ones.
        using var one = new ThreadLimit(1);
        return Tensor.Stack(Aten.ForeachNorm.CallMany(tensors));
    }
}
