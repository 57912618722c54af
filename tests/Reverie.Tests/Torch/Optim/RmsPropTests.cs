using Reverie.Torch;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Torch.Optim;

[NoTensorLeaks]
public class RmsPropTests
{
    /// <summary>v = 0.01·4, then 0.99·0.04 + 0.01; steps of 0.1·2/√0.14 and 0.1/√0.1496: ε is inside the root.</summary>
    [Theory]
    [InlineData(DType.Float64, 1e-7)]
    [InlineData(DType.Float32, 1e-6)]
    public void EpsilonIsInsideTheRoot(DType type, double tolerance)
    {
        using var scope = new TensorScope();
        var theta = Leaf(1, type);
        using var optimizer = new RmsProp([("theta", theta)], new() { LearningRate = 0.1 });
        Near.Equal(2, optimizer.Step([Tensor.Full([1], 2, type)]), tolerance);
        Near.Equal([1 - 0.5345224838], theta, tolerance);
        optimizer.Step([Tensor.Full([1], 1, type)]);
        Near.Equal([1 - 0.5345224838 - 0.2585437959], theta, tolerance);
        var (name, square) = Assert.Single(optimizer.State);        // there is no momentum to be kept
        Assert.Equal("theta.v", name);
        Near.Equal([0.0496], square, tolerance);
    }

    /// <summary>Gradients of 3 and 4 together have a norm of 5, and are scaled to 1 before they are squared.</summary>
    [Fact]
    public void TheGlobalNormIsClipped()
    {
        using var scope = new TensorScope();
        var (first, second) = (Leaf(0, DType.Float64), Leaf(0, DType.Float64));
        using var optimizer = new RmsProp([("first", first), ("second", second)], new() { LearningRate = 1, ClipNorm = 1 });
        Near.Equal(5, optimizer.Step([Tensor.Full([1], 3, DType.Float64), Tensor.Full([1], 4, DType.Float64)]));
        Near.Equal([-0.6 / Math.Sqrt(0.01 * 0.36 + 0.1)], first, 1e-12);
        Near.Equal([-0.8 / Math.Sqrt(0.01 * 0.64 + 0.1)], second, 1e-12);
    }

    /// <summary>One pass over memory, and the bits of one operator after the other, on as many elements as fill vectors and
    /// some more, and where a gradient does not lie as its parameter.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    public void OnePassIsTheOperatorsOneAfterTheOther(double clip)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 7);
        Tensor[] theta =
        [
            .. new long[][] { [37, 53], [1], [20011], [5, 7] }
                .Select(shape => Tensor.Randn(shape, random).SetRequiresGrad(true)),
        ];
        var options = new RmsPropOptions { LearningRate = 3e-3, ClipNorm = clip, Epsilon = 1e-3 };
        using var optimizer = new RmsProp(theta.Select((one, i) => ($"{i}", one)), options);
        Tensor[] plain = [.. theta.Select(one => one.Detach() + 0)], squares = [.. plain.Select(one => one * 0)];
        for (var step = 0; step < 3; step++)
        {
            Tensor[] gradients =
            [
                .. theta[..3].Select(one => Tensor.Randn(one.Shape, random)), Tensor.Randn([7, 5], random).Transpose(0, 1),
            ];
            var norm = optimizer.Step(gradients);
            var rate = Tensor.FromArray([options.LearningRate], [1])[0].To(DType.Float32);
            for (var i = 0; i < plain.Length; i++)
            {
                var gradient = clip > 0 ? gradients[i] * GradientClip.Scale(norm, clip) : gradients[i];
                squares[i] = squares[i] * options.Decay + gradient.Square() * (1 - options.Decay);
                plain[i] -= gradient / (squares[i] + options.Epsilon).Sqrt() * rate;
                Assert.Equal(Bits(plain[i]), Bits(theta[i].Detach()));
                Assert.Equal(Bits(squares[i]), Bits(optimizer.State.ElementAt(i).Value));
            }
        }

        static float[] Bits(Tensor t) => t.Contiguous().ToArray<float>();
    }

    [Fact]
    public void TheNextStepHasTheLearningRateOfItsMoment()
    {
        using var scope = new TensorScope();
        var theta = Leaf(0, DType.Float64);
        using var optimizer = new RmsProp([("theta", theta)], new() { LearningRate = 1, Decay = 0, Epsilon = 0 });
        optimizer.LearningRate = 0.25;
        optimizer.Step([Tensor.Full([1], 7, DType.Float64)]);
        Near.Equal([-0.25], theta, 1e-12);
    }

    private static Tensor Leaf(double value, DType type) => Tensor.Full([1], value, type).SetRequiresGrad(true);
}
