using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Takes probability away from what may not be chosen.</summary>
internal static class Masking
{
    private const double Never = -1e9;      // its exponent is exactly 0 in every type

    /// <summary>Logits (…, K) of the choices that are allowed, with a part of the uniform distribution over them.</summary>
    /// <param name="logits">(…, K).</param>
    /// <param name="allowed">(…, K), 1 or 0; at least one is 1.</param>
    /// <param name="unimix">That part.</param>
    public static Tensor Logits(Tensor logits, Tensor allowed, double unimix = 0)
    {
        var open = allowed.Gt(0.5);
        var never = Tensor.Full(logits.Shape, Never, logits.DType, logits.Device);
        var masked = Tensor.Where(open, logits, never);
        if (unimix == 0) return masked;
        var uniform = allowed / allowed.Sum(-1, keepDim: true);
        var mixed = masked.Softmax(-1) * (1 - unimix) + uniform.To(logits.DType) * unimix;
        return Tensor.Where(open, mixed.Clamp(1e-30, null).Log(), never);
    }
}
