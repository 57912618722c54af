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
        return Tensor.Stack(Aten.ForeachNorm.CallMany(gradients)).Norm();
    }

    /// <summary>The gradients times maxNorm / max(norm, maxNorm), which have a norm of at most
    /// <paramref name="maxNorm"/>, and their norm before that.</summary>
    /// <remarks>Not in place: gradients that autograd hands out may share memory with each other.</remarks>
    public static (Tensor[] Clipped, Tensor Norm) ByGlobalNorm(ReadOnlySpan<Tensor> gradients, double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "the largest norm must be above 0");
        var norm = GlobalNorm(gradients);
        var scales = new Tensor[gradients.Length];
        Array.Fill(scales, maxNorm / norm.Clamp(maxNorm, null));
        return (Aten.ForeachMul.CallMany(gradients, scales), norm);
    }
}
