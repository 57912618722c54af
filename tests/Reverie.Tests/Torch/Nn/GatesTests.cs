using Reverie.Torch;

namespace Reverie.Tests.Torch.Nn;

/// <summary>What recurrent cells do after their products.</summary>
public class GatesTests
{
    /// <summary>One pass over the gates, in the types that training has, against the plain operators in float64:
    /// numbers are float32's, and each result and gradient is rounded to its type once.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(DType.Float32, DType.Float32)]
    [InlineData(DType.BFloat16, DType.Float32)]
    [InlineData(DType.BFloat16, DType.BFloat16)]
    public void GatesInOnePassAreThePlainOnes(DType products, DType state)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            using var scope = new TensorScope();
            using var random = new Generator(Device.Cpu, seed);
            Tensor Draw(long width, DType dtype) => (Tensor.Randn([37, width], random) * 2).To(dtype);
            var h = Draw(21, state);
            SamePass([Draw(3 * 21, products), Draw(3 * 21, products), h], state, x => x[0].GruGates(x[1], x[2]));
            SamePass([Draw(2 * 21, products), h], products, x => x[0].GruReset(x[1]));
            SamePass([Draw(2 * 21, products), Draw(21, products), h], state, x => x[0].GruBlend(x[1], x[2]));
            if (products == state)      // else as float32; in bfloat16 alone it is libtorch's, rounded at each step
                SamePass([Draw(4 * 21, DType.Float32), h.To(DType.Float32)], DType.Float32, x => x[0].LstmGates(x[1]));
        }
    }

    // Results and gradients of a function in narrow types and in float64.
    private static void SamePass(Tensor[] narrow, DType type, Func<Tensor[], Tensor> function)
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
