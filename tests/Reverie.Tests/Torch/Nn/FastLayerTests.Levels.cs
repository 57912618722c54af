using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

public sealed partial class FastLayerTests
{
    /// <summary>Own kernels can be lowered by themselves, libtorch staying as it is: at every level layers are within their
    /// rounding, and without any gradients of weights are added up in another order.</summary>
    [Fact, NoTensorLeaks]
    public void EveryLevelOfOwnKernelsIsWithinItsRounding()
    {
        var levels = Processor.Levels.Where(level => level <= Processor.InForce).Prepend(InstructionSet.Baseline);
        try
        {
            foreach (var level in levels)
            {
                Reverie.Torch.Torch.OwnLevel = level;
                Assert.Equal(level, Reverie.Torch.Torch.OwnLevel);
                WithinRounding((type, seed) => OfConvolution(16, 32, 4, 31, 3, "relu", type, seed));
                WithinRounding((type, seed) => OfConvolution(20, 50, 5, 12, 3, "tanh", type, seed));
                WithinRounding((type, seed) => OfTransposed(16, 3, 6, 30, 2, "none", type, seed));
                WithinRounding((type, seed) => OfDense(230, 200, 480, "elu", true, type, seed));
            }
            if (Processor.InForce == InstructionSet.Baseline) return;
            Assert.NotEqual(Of(InstructionSet.Baseline), Of(InstructionSet.Avx2));
        }
        finally
        {
            Reverie.Torch.Torch.OwnLevel = Processor.InForce;
        }
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Reverie.Torch.Torch.OwnLevel = Processor.InForce + 1);

        static float[] Of(InstructionSet level)
        {
            Reverie.Torch.Torch.OwnLevel = level;
            using var scope = new TensorScope();
            using var random = new Generator(Device.Cpu, 3);
            using var layer = new Conv2d(16, 40, 4, 2, new Initializer(Device.Cpu, random), "relu");
            var x = Tensor.Randn([61, 16, 14, 21], random).Contiguous(MemoryFormat.ChannelsLast);
            var gradients = Reverie.Torch.Torch.Grad(layer.Forward(x).Square().Sum(), [Part(layer, "weight")]);
            return gradients[0]!.Contiguous().ToArray<float>();
        }
    }
}
