using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

/// <summary>The fast forms give the numbers of libtorch's own operators, forwards and backwards.</summary>
public sealed class FastLayerTests
{
    private const double Tolerance = 1e-5;      // of the largest value, float32

    [Theory, NoTensorLeaks]
    [InlineData(3, 16, 4, 64, true)]
    [InlineData(16, 32, 4, 31, true)]
    [InlineData(5, 7, 3, 12, false)]
    public void Convolution(int inputs, int outputs, int kernel, int size, bool relu)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var layer = new Conv2d(inputs, outputs, kernel, 2, new Initializer(Device.Cpu, random), relu ? "relu" : "none");
        Compare(layer, layer.Forward, layer.ForwardPlain, Tensor.Randn([2, inputs, size, size], random));
    }

    [Theory, NoTensorLeaks]
    [InlineData(64, 32, 5, 1, true)]        // one pixel: a matrix product
    [InlineData(32, 16, 5, 5, true)]        // input-gradient of a convolution
    [InlineData(16, 8, 6, 13, true)]
    [InlineData(16, 8, 6, 13, false)]
    [InlineData(8, 3, 6, 30, false)]        // sub-pixel
    [InlineData(4, 3, 5, 6, false)]         // few channels, odd kernel
    public void TransposedConvolution(int inputs, int outputs, int kernel, int size, bool relu)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 4);       // no sum so near 0 that ReLU could part the two
        using var layer = new ConvTranspose2d(inputs, outputs, kernel, 2, new Initializer(Device.Cpu, random), relu ? "relu" : "none");
        Compare(layer, layer.Forward, layer.ForwardPlain, Tensor.Randn([2, inputs, size, size], random));
    }

    [Fact, NoTensorLeaks]
    public void NarrowTypesStayNearFloat()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new ConvTranspose2d(16, 8, 6, 2, new Initializer(Device.Cpu, random), "relu");
        var x = Tensor.Randn([4, 16, 13, 13], random).Contiguous(MemoryFormat.ChannelsLast);
        var exact = layer.Forward(x);
        using var autocast = new Autocast(DType.BFloat16);
        var narrow = layer.Forward(x);
        Assert.Equal(DType.BFloat16, narrow.DType);
        AssertNear(exact, narrow.To(DType.Float32), 0.02);
    }

    /// <summary>In bfloat16 other forms are taken: matrix tiles where the processor has them, else products over the
    /// patches of small pictures.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(3, 32, 4, 64, 5)]           // the encoder's, and pictures that make no pairs
    [InlineData(16, 32, 4, 31, 8)]
    [InlineData(32, 64, 4, 14, 33)]         // 6×6 out
    [InlineData(64, 128, 4, 6, 8)]          // 2×2 out
    [InlineData(8, 5, 4, 7, 8)]             // channels that fill no tile; a row and a column that nothing sees
    [InlineData(1, 1, 3, 9, 1)]             // one of everything
    [InlineData(20, 50, 5, 12, 3)]          // an odd kernel, tiles that are partly filled
    public void NarrowGradientsStayNearFloat(int inputs, int outputs, int kernel, int size, int batch)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Conv2d(inputs, outputs, kernel, 2, new Initializer(Device.Cpu, random));
        CompareNarrow(layer, layer.Forward, layer.ForwardPlain, Tensor.Randn([batch, inputs, size, size], random));
    }

    [Theory, NoTensorLeaks]
    [InlineData(64, 32, 5, 5, 8)]           // the decoder's
    [InlineData(32, 16, 6, 13, 3)]
    [InlineData(16, 3, 6, 30, 5)]           // both rows of a place's pixels in one tile
    [InlineData(4, 1, 4, 3, 1)]
    [InlineData(50, 20, 3, 7, 33)]
    public void NarrowGradientsOfTransposedConvolutionsStayNearFloat(
        int inputs, int outputs, int kernel, int size, int batch)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new ConvTranspose2d(inputs, outputs, kernel, 2, new Initializer(Device.Cpu, random));
        CompareNarrow(layer, layer.Forward, layer.ForwardPlain, Tensor.Randn([batch, inputs, size, size], random));
    }

    /// <summary>Dense layers in bfloat16, with every activation that is part of their pass; rows that fill no tile.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(230, 200, 480, "elu")]
    [InlineData(33, 17, 50, "relu")]
    [InlineData(1, 1, 9, "none")]
    [InlineData(40, 24, 100, "tanh")]
    [InlineData(40, 24, 100, "sigmoid")]
    [InlineData(600, 400, 2450, "elu")]
    [InlineData(64, 48, 5, "elu")]          // few rows: libtorch's own
    [InlineData(64, 48, 40, "silu")]        // not part of the pass
    public void NarrowDenseLayersStayNearFloat(int inputs, int outputs, int rows, string activation)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Linear(
            inputs, outputs, new Initializer(Device.Cpu, random), activation: activation);
        using (var noGrad = new NoGrad())
            layer.Bias!.Copy_(Tensor.Arange(0, outputs) * (2.0 / outputs) - 1);
        CompareNarrow(layer, layer.Forward, x => Activation.ByName(activation).Of(
            x.Matmul(layer.Weight.Transpose(0, 1)) + layer.Bias!), Tensor.Randn([rows, inputs], random));
    }

    [Fact, NoTensorLeaks]
    public void NarrowDenseLayersWithoutBiasStayNearFloat()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Linear(60, 40, new Initializer(Device.Cpu, random), bias: false);
        CompareNarrow(layer, layer.Forward, x => x.Matmul(layer.Weight.Transpose(0, 1)), Tensor.Randn([50, 60], random));
    }

    /// <summary>Without gradients two inputs of a layer are not put together first; the numbers are the same.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(230, 77)]
    [InlineData(30, 1)]
    public void TwoInputsAreTheirRowsTogether(int inputs, int others)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Linear(inputs + others, 50, new Initializer(Device.Cpu, random), activation: "tanh");
        var (x, more) = (Tensor.Randn([100, inputs], random), Tensor.Randn([100, others], random));
        using var autocast = new Autocast(DType.BFloat16);
        using var noGrad = new NoGrad();
        Assert.Equal(layer.Forward(Tensor.Cat([x, more], -1)).To(DType.Float32).ToArray<float>(),
            layer.Forward(x, more).To(DType.Float32).ToArray<float>());
    }

    /// <summary>Shapes that do not go together are an error here as with libtorch's own layers.</summary>
    [Fact, NoTensorLeaks]
    public void WrongShapesAreRefusedInBFloat16Too()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        var init = new Initializer(Device.Cpu, random);
        using var dense = new Linear(10, 5, init);
        using var convolution = new Conv2d(3, 8, 4, 2, init);
        using var transposed = new ConvTranspose2d(8, 3, 4, 2, init);
        using var autocast = new Autocast(DType.BFloat16);
        Assert.Throws<TorchException>(() => dense.Forward(Tensor.Zeros([20, 11])));
        Assert.Throws<TorchException>(() => dense.Forward(Tensor.Zeros([20, 6]), Tensor.Zeros([19, 4])));
        Assert.Throws<TorchException>(() => convolution.Forward(Tensor.Zeros([2, 4, 9, 9])));
        Assert.Throws<TorchException>(() => convolution.Forward(Tensor.Zeros([2, 3, 3, 3])));
        Assert.Throws<TorchException>(() => transposed.Forward(Tensor.Zeros([2, 7, 9, 9])));
    }

    /// <summary>Weights that were put in order once are so again when they have changed, and forgotten with their
    /// tensors.</summary>
    [Fact, NoTensorLeaks]
    public void WeightsThatChangedAreReadAgain()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        var x = Tensor.Randn([64, 40], random).To(DType.BFloat16);
        var (weight, bias) = (Tensor.Randn([48, 40], random).To(DType.BFloat16), Tensor.Randn([48], random));
        float[] Of(Tensor w, Tensor? b) => x.Linear(w, b).To(DType.Float32).ToArray<float>();
        var (first, biased) = (Of(weight, null), Of(weight, bias));
        Assert.Equal(first, Of(weight, null));
        bias.Add_(Tensor.Ones([48]));
        Assert.All(Of(weight, bias).Zip(biased), pair => Assert.InRange(pair.First - pair.Second, 0.9, 1.1));
        weight.Mul_(2.0);
        Assert.Equal(first.Select(value => 2 * value), Of(weight, null));
        for (var i = 0; i < 200; i++)
        {
            using var inner = new TensorScope();
            Assert.Equal(first.Select(value => value * (i % 3)), Of(weight * (i % 3 / 2.0), null));
        }
    }

    /// <summary>Own kernels are a choice: without them layers are libtorch's operators to the last bit.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void WithoutOwnKernelsLayersAreLibtorchs(DType type)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        var init = new Initializer(Device.Cpu, random);
        using var dense = new Linear(40, 48, init, activation: "tanh");
        using var convolution = new Conv2d(16, 32, 4, 2, init, "relu");
        using var autocast = new Autocast(type);
        using var noGrad = new NoGrad();
        var (rows, picture) = (Tensor.Randn([64, 40], random).To(type), Tensor.Randn([4, 16, 10, 10], random).To(type));
        try
        {
            Reverie.Torch.Torch.OwnKernels = false;
            var (w, b) = (dense.Weight.To(type), dense.Bias!.To(type));
            Same(rows.Linear(w, b).Tanh(), dense.Forward(rows));
            Same(picture.Conv2d(Part(convolution, "weight"), Part(convolution, "bias"), stride: 2).Relu(),
                convolution.Forward(picture));
        }
        finally
        {
            Reverie.Torch.Torch.OwnKernels = true;
        }
        Tensor Part(Module layer, string name) => layer.NamedParameters().Single(part => part.Name == name).Value.To(type);
        void Same(Tensor expected, Tensor found) => Assert.Equal(
            expected.To(DType.Float32).Contiguous().ToArray<float>(), found.To(DType.Float32).Contiguous().ToArray<float>());
    }

    /// <summary>What is not a number stays so through bias and ReLU, and shows.</summary>
    [Fact, NoTensorLeaks]
    public void NarrowConvolutionsHideNoNaN()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Conv2d(3, 8, 4, 2, new Initializer(Device.Cpu, random), "relu");
        using var autocast = new Autocast(DType.BFloat16);
        var y = layer.Forward(Tensor.Full([1, 3, 8, 8], double.NaN).Contiguous(MemoryFormat.ChannelsLast));
        Assert.True(double.IsNaN(y.To(DType.Float32).Sum().Item()));
    }

    private static void CompareNarrow(Module layer, Func<Tensor, Tensor> fast, Func<Tensor, Tensor> plain, Tensor x)
    {
        if (x.Dim == 4) x = x.Contiguous(MemoryFormat.ChannelsLast);
        var inputs = layer.Parameters().Append(x.SetRequiresGrad(true)).ToArray();
        var exact = plain(x);
        // None below 0, so that sums of rounded numbers do not cancel.
        var weights = ((Tensor.Arange(0, exact.Numel) * 0.37).Sin() + 1).Reshape(exact.Shape);
        var expected = Reverie.Torch.Torch.Grad((exact * weights).Sum(), inputs);
        using var autocast = new Autocast(DType.BFloat16);
        var narrow = fast(x).To(DType.Float32);
        AssertNear(exact, narrow, 0.02);
        var gradients = Reverie.Torch.Torch.Grad((narrow * weights).Sum(), inputs);
        foreach (var (right, found) in expected.Zip(gradients)) AssertNear(right!, found!.To(DType.Float32), 0.02);
    }

    private static void Compare(Module layer, Func<Tensor, Tensor> fast, Func<Tensor, Tensor> plain, Tensor x)
    {
        using (var noGrad = new NoGrad())
            foreach (var (name, value) in layer.NamedParameters())
                if (name == "bias") value.Copy_(Tensor.Arange(0, value.Numel) * 0.1 - 0.2);
        x = x.Contiguous(MemoryFormat.ChannelsLast);
        var inputs = layer.Parameters().Append(x.SetRequiresGrad(true)).ToArray();
        var (a, b) = (fast(x), plain(x));
        AssertNear(b, a, Tolerance);
        // A gradient that differs from element to element, so that no mistake of layout averages out.
        var weights = (Tensor.Arange(0, b.Numel) * 0.37).Sin().Reshape(b.Shape);
        var (fromFast, fromPlain) = (Reverie.Torch.Torch.Grad((a * weights).Sum(), inputs), Reverie.Torch.Torch.Grad((b * weights).Sum(), inputs));
        foreach (var (g, h) in fromFast.Zip(fromPlain)) AssertNear(h!, g!, Tolerance);
    }

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var error = (expected - actual).Abs().Max().Item();
        Assert.True(error <= tolerance * expected.Abs().Max().Item(), $"error {error} of {expected.Abs().Max().Item()} in {expected.ShapeText}; {(expected - actual).Abs().Gt(1e-4).To(DType.Float32).Sum().Item()} elements");
    }
}
