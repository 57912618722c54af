using Reverie.Torch;

namespace Reverie.Tests.Torch;

/// <summary>Compares operators of one pass with the plain ones that stand in for them in float64.</summary>
internal static class OnePass
{
    /// <summary>Results and gradients of a function of numbers in narrow types against those in float64.</summary>
    public static void Same(Tensor[] narrow, DType type, Func<Tensor[], Tensor> function)
    {
        Tensor[] exact = [.. narrow.Select(part => part.To(DType.Float64))];
        foreach (var part in narrow.Concat(exact)) part.SetRequiresGrad(true);
        var (found, expected) = (function(narrow), function(exact));
        Assert.Equal(type, found.DType);
        WithinRounding(expected, found);
        // Of bfloat16's numbers, as they arrive.
        var weights = (Tensor.Arange(0, expected.Numel) * 0.37).Sin().To(DType.BFloat16).To(DType.Float32)
            .Reshape(expected.Shape);
        var gradients = Reverie.Torch.Torch.Grad((found.To(DType.Float32) * weights).Sum(), narrow);
        var right = Reverie.Torch.Torch.Grad((expected * weights.To(DType.Float64)).Sum(), exact);
        foreach (var (g, of) in gradients.Zip(right)) WithinRounding(of!, g!);
    }

    private static void WithinRounding(Tensor expected, Tensor found)
    {
        const double OfFloat = 1e-5, OfBFloat16 = 1.0 / 256;
        var size = expected.Abs();
        var bound = size * (found.DType == DType.BFloat16 ? OfBFloat16 : 0) + size.Clamp(1, null) * OfFloat;
        var worst = ((found.To(DType.Float64) - expected).Abs() / bound).Max().Item();
        Assert.True(worst <= 1, $"{expected.ShapeText} of {found.DType}: off by {worst:0.00} of what it may be");
    }
}
