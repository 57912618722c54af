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
            OnePass.Same([Draw(3 * 21, products), Draw(3 * 21, products), h], state, x => x[0].GruGates(x[1], x[2]));
            OnePass.Same([Draw(2 * 21, products), h], products, x => x[0].GruReset(x[1]));
            OnePass.Same([Draw(2 * 21, products), Draw(21, products), h], state, x => x[0].GruBlend(x[1], x[2]));
            var blocks = Draw(3 * 21, products).Reshape(37, 3, 21);
            OnePass.Same([blocks, h], state, x => x[0].BlockGates(x[1]));
            var apart = blocks.Detach().Transpose(0, 1).Contiguous().Transpose(0, 1);   // as products of blocks leave them
            OnePass.Same([apart, h], state, x => x[0].BlockGates(x[1]));
            if (products == state)      // else as float32; in bfloat16 alone it is libtorch's, rounded at each step
                OnePass.Same([Draw(4 * 21, DType.Float32), h.To(DType.Float32)], DType.Float32, x => x[0].LstmGates(x[1]));
        }
    }
}
