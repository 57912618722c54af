using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

/// <summary>The bounds of <see cref="RoundedLayer"/> let right kernels through and no wrong ones: a plain layer passes,
/// and fails with each fault that kernels on tiles are prone to.</summary>
public sealed class RoundedLayerTests
{
    private const int Inputs = 70, Outputs = 37, Rows = 200;

    /// <summary>The faults below by name.</summary>
    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    private static readonly Dictionary<string, Func<Layer, Tensor, Tensor>> Faults = new()
    {
        ["the last input is dropped"] = (layer, x) =>
            layer.Of(x.Narrow(-1, 0, Inputs - 1), layer.Weight.Narrow(1, 0, Inputs - 1)),
        ["two inputs are swapped"] = (layer, x) => layer.Of(
            Tensor.Cat([x.Narrow(-1, 1, 1), x.Narrow(-1, 0, 1), x.Narrow(-1, 2, Inputs - 2)], -1), layer.Weight),
        ["the last row is the one before it"] = (layer, x) =>
            layer.Of(Tensor.Cat([x.Narrow(0, 0, Rows - 1), x.Narrow(0, Rows - 2, 1)], 0), layer.Weight),
        ["the last tile has no bias"] = (layer, x) => layer.Of(x, layer.Weight, layer.Bias * layer.UpTo(32)),
        ["results are cut, not rounded"] = (layer, x) => layer.Cut(layer.Exact(layer.Sum(x, layer.Weight))),
        ["sums are kept in the type"] = (layer, x) => layer.Activated(layer.NarrowSums(x) + layer.Bias),
        ["sums are cut to the type"] = (layer, x) => layer.Activated(layer.NarrowSums(x, cut: true) + layer.Bias),
        ["the last row has no gradient"] = (layer, x) => WithoutGradient(layer.Of(x, layer.Weight), 0, Rows),
        ["the last column has no gradient"] = (layer, x) => WithoutGradient(layer.Of(x, layer.Weight), 1, Outputs),
        ["the slope is one row's too low"] = (layer, x) =>
        {
            var y = layer.Of(x, layer.Weight);
            var sum = layer.Sum(x, layer.Weight);
            var below = Tensor.Cat([y.Narrow(0, 1, Rows - 1), y.Narrow(0, 0, 1)], 0).Detach();
            return y.Detach() + (sum - sum.Detach()) * layer.Slope(below);
        },
    };

    [Theory, NoTensorLeaks]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void ARightLayerPassesWithEverySeed(DType type)
    {
        foreach (var activation in new[] { "none", "relu", "elu", "tanh", "sigmoid", "silu" })
            for (ulong seed = 1; seed <= 10; seed++)
                Assert.Null(Find(activation, type, seed, (layer, x) => layer.Of(x, layer.Weight)));
    }

    [Theory, NoTensorLeaks, MemberData(nameof(FaultNames))]
    public void AWrongLayerIsFoundWithEverySeed(string fault)
    {
        var ofSlope = fault.StartsWith("the slope", StringComparison.Ordinal);
        string[] activations = ofSlope ? ["relu", "elu"] : ["none", "relu", "elu"];
        foreach (var activation in activations)
            for (ulong seed = 1; seed <= 5; seed++)
                Assert.NotNull(Find(activation, DType.BFloat16, seed, Faults[fault]));
    }

    // Of the last along a dimension of that length.
    private static Tensor WithoutGradient(Tensor y, int dim, int length) =>
        Tensor.Cat([y.Narrow(dim, 0, length - 1), y.Narrow(dim, length - 1, 1).Detach()], dim);

    private static string? Find(string activation, DType type, ulong seed, Func<Layer, Tensor, Tensor> made)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, seed);
        var bias = (Tensor.Rand([Outputs], random) - 0.5).To(DType.BFloat16).To(DType.Float32);
        var layer = new Layer(activation, type, Tensor.Randn([Outputs, Inputs], random) * 0.12, bias);
        return new RoundedLayer((x, w) => x.Matmul(w.Transpose(0, 1)), activation, type)
            .Fault(x => made(layer, x), Tensor.Randn([Rows, Inputs], random), layer.Master, layer.Bias, random);
    }

    /// <summary>A dense layer by plain operators in float64, rounded as a kernel does.</summary>
    private sealed record Layer(string Activation, DType Type, Tensor Master, Tensor Bias)
    {
        /// <summary>What products take.</summary>
        public Tensor Weight => Narrow(Master);

        public Tensor Of(Tensor x, Tensor weight, Tensor? bias = null) => Activated(Sum(x, weight, bias));

        public Tensor Sum(Tensor x, Tensor weight, Tensor? bias = null) =>
            Narrow(x).Matmul(weight.Transpose(0, 1)) + (bias ?? Bias);

        public Tensor Exact(Tensor sum) => Reverie.Torch.Nn.Activation.ByName(Activation).Of(sum);

        public Tensor Activated(Tensor sum) => Narrow(Exact(sum));

        public Tensor Slope(Tensor y) => Activation == "relu"
            ? y.Gt(0).To(DType.Float64)
            : y.Clamp(null, 0) + 1;

        public Tensor UpTo(int last) => Tensor.Arange(0, Outputs).Lt(last).To(DType.Float32);

        public Tensor Cut(Tensor y) => y + (Truncated(y) - y).Detach();

        /// <summary>Sums that are rounded to the type after every four products.</summary>
        public Tensor NarrowSums(Tensor x, bool cut = false)
        {
            var sum = Tensor.Zeros([Rows, Outputs], DType.Float64);
            for (var k = 0; k < Inputs; k += 4)
            {
                var length = Math.Min(4, Inputs - k);
                sum = sum + Narrow(x).Narrow(1, k, length).Matmul(Weight.Narrow(1, k, length).Transpose(0, 1));
                sum = cut ? Cut(sum) : Narrow(sum);
            }
            return sum;
        }

        // Of float32's bits the half that bfloat16 has.
        private static Tensor Truncated(Tensor y)
        {
            var bits = y.Detach().To(DType.Float32).ToArray<float>().Select(BitConverter.SingleToUInt32Bits);
            float[] kept = [.. bits.Select(one => BitConverter.UInt32BitsToSingle(one & 0xffff0000))];
            return Tensor.FromArray(kept, y.Shape).To(DType.Float64);
        }

        // To the type and to float64; gradients are not rounded.
        private Tensor Narrow(Tensor t)
        {
            var (wide, rounded) = (t.To(DType.Float64), t.Detach().To(Type).To(DType.Float64));
            return wide + (rounded - wide.Detach());
        }
    }
}
