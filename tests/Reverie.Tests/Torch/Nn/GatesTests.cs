using Reverie.Torch;

namespace Reverie.Tests.Torch.Nn;

/// <summary>What recurrent cells do after their products.</summary>
public class GatesTests
{
    /// <summary>One pass over the gates, in the types that training has, against the plain operators in float64.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(DType.Float32, DType.Float32, 1e-5)]
    [InlineData(DType.BFloat16, DType.Float32, 0.02)]
    [InlineData(DType.BFloat16, DType.BFloat16, 0.02)]
    public void GatesInOnePassAreThePlainOnes(DType products, DType state, double tolerance)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        Tensor Draw(long width, DType dtype) => (Tensor.Randn([37, width], random) * 2).To(dtype);
        var h = Draw(21, state);
        SamePass([Draw(3 * 21, products), Draw(3 * 21, products), h], state, tolerance, x => x[0].GruGates(x[1], x[2]));
        SamePass([Draw(2 * 21, products), h], products, tolerance, x => x[0].GruReset(x[1]));
        SamePass([Draw(2 * 21, products), Draw(21, products), h], state, tolerance, x => x[0].GruBlend(x[1], x[2]));
        SamePass([Draw(4 * 21, products), h], state, tolerance, x => x[0].LstmGates(x[1]));
    }

    // Results and gradients of a function in narrow types and in float64.
    private static void SamePass(Tensor[] narrow, DType type, double tolerance, Func<Tensor[], Tensor> function)
    {
        Tensor[] exact = [.. narrow.Select(part => part.To(DType.Float64))];
        foreach (var part in narrow.Concat(exact)) part.SetRequiresGrad(true);
        var (found, expected) = (function(narrow), function(exact));
        Assert.Equal(type, found.DType);
        Near.Equal(expected.ToArray<double>(), found.To(DType.Float64), tolerance);
        var weights = (Tensor.Arange(0, expected.Numel) * 0.37).Sin().Reshape(expected.Shape);
        var gradients = Reverie.Torch.Torch.Grad((found.To(DType.Float32) * weights).Sum(), narrow);
        var right = Reverie.Torch.Torch.Grad((expected * weights.To(DType.Float64)).Sum(), exact);
        foreach (var (g, of) in gradients.Zip(right))
            Near.Equal(of!.ToArray<double>(), g!.To(DType.Float64), tolerance);
    }
}
