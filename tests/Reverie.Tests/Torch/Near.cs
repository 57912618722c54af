using Reverie.Torch;

namespace Reverie.Tests.Torch;

/// <summary>Comparison with golden numbers: |Δ| ≤ tolerance·max(1, |expected|).</summary>
internal static class Near
{
    internal const double Float64 = 1e-9, Float32 = 2e-5;

    internal static void Equal(double[] expected, Tensor actual, double tolerance = Float64)
    {
        using var scope = new TensorScope();
        var values = actual.To(DType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"element {i}: {values[i]:R}, expected {expected[i]:R}");
    }

    internal static void Equal(double expected, Tensor actual, double tolerance = Float64) =>
        Equal([expected], actual, tolerance);
}
