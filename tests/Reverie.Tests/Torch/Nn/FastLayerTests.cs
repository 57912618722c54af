using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

/// <summary>The fast forms give the exact numbers, forwards and backwards, up to what rounding allows
/// (<see cref="RoundedLayer"/>), with any numbers.</summary>
public sealed partial class FastLayerTests
{
    // scripts/campaign/levels asks for more.
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("REVERIE_SEEDS") ?? "2", null);

    /// <summary>Inputs, outputs, kernel, size of the picture, pictures, activation.</summary>
    public static TheoryData<int, int, int, int, int, string> Convolutions => new()
    {
        { 3, 16, 4, 64, 2, "relu" },            // the encoder's, and pictures that make no pairs
        { 16, 32, 4, 31, 3, "relu" },
        { 32, 64, 4, 14, 33, "none" },          // 6×6 out
        { 64, 128, 4, 6, 8, "elu" },            // 2×2 out
        { 8, 5, 4, 7, 8, "none" },              // channels that fill no tile; a row and a column that nothing sees
        { 1, 1, 3, 9, 1, "none" },              // one of everything
        { 5, 7, 3, 12, 2, "sigmoid" },
        { 20, 50, 5, 12, 3, "tanh" },           // an odd kernel, tiles that are partly filled
    };

    /// <summary>As above.</summary>
    public static TheoryData<int, int, int, int, int, string> TransposedConvolutions => new()
    {
        { 64, 32, 5, 1, 2, "relu" },            // one pixel: a matrix product
        { 64, 32, 5, 5, 8, "none" },            // the decoder's
        { 32, 16, 6, 13, 3, "relu" },
        { 16, 8, 6, 13, 2, "elu" },
        { 16, 3, 6, 30, 2, "none" },            // both rows of a place's pixels in one tile
        { 4, 3, 5, 6, 2, "none" },              // few channels, odd kernel
        { 4, 1, 4, 3, 1, "none" },
        { 50, 20, 3, 7, 33, "relu" },
    };

    /// <summary>Inputs, outputs, rows, activation, whether there is a bias.</summary>
    public static TheoryData<int, int, int, string, bool> DenseLayers => new()
    {
        { 230, 200, 480, "elu", true },
        { 33, 17, 50, "relu", true },           // rows that fill no tile
        { 1, 1, 9, "none", true },
        { 40, 24, 100, "tanh", true },
        { 40, 24, 100, "sigmoid", true },
        { 600, 400, 70, "elu", true },
        { 24, 40, 2450, "relu", true },
        { 64, 48, 5, "elu", true },             // few rows: libtorch's own
        { 64, 48, 40, "silu", true },           // not part of the pass
        { 60, 40, 50, "none", false },
    };

    [Theory, NoTensorLeaks, MemberData(nameof(Convolutions))]
    public void ConvolutionsAreWithinTheirRounding(
        int inputs, int outputs, int kernel, int size, int pictures, string activation) =>
        WithinRounding((type, seed) => OfConvolution(inputs, outputs, kernel, size, pictures, activation, type, seed));

    /// <summary>Inputs, outputs, kernel, stride, height, width, and of the padding what stands left and right.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int> SamePaddings => new()
    {
        { 3, 16, 5, 1, 8, 8, 2, 2 },
        { 16, 20, 5, 1, 6, 9, 2, 2 },
        { 4, 4, 3, 2, 8, 8, 0, 1 },             // what is odd stands to the right
        { 4, 4, 3, 2, 7, 7, 1, 1 },
        { 4, 4, 4, 2, 8, 8, 1, 1 },
    };

    [Theory, NoTensorLeaks, MemberData(nameof(SamePaddings))]
    public void SamePaddingsAreWithinTheirRounding(
        int inputs, int outputs, int kernel, int stride, int height, int width, int left, int right) =>
        WithinRounding((type, seed) =>
        {
            using var random = new Generator(Device.Cpu, seed);
            var init = new Initializer(Device.Cpu, random);
            using var layer = new Conv2d(inputs, outputs, kernel, stride, init, "relu", same: true);
            var expected = ((long)Math.Ceiling(height / (double)stride), (long)Math.Ceiling(width / (double)stride));
            Tensor Plain(Tensor x, Tensor w)
            {
                var y = x.Pad([left, right, left, right]).Conv2d(w, null, stride);
                Assert.Equal(expected, (y.Size(2), y.Size(3)));
                return y;
            }
            return OfPictures(layer, layer.Forward, Plain, [3, inputs, height, width], "relu", type, random);
        });

    [Theory, NoTensorLeaks, MemberData(nameof(TransposedConvolutions))]
    public void TransposedConvolutionsAreWithinTheirRounding(
        int inputs, int outputs, int kernel, int size, int pictures, string activation) =>
        WithinRounding((type, seed) => OfTransposed(inputs, outputs, kernel, size, pictures, activation, type, seed));

    /// <summary>A transposed convolution that is cropped to whole multiples, as SAME has it, and its gradients.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(5, 2, DType.Float32)]
    [InlineData(5, 2, DType.BFloat16)]
    [InlineData(4, 2, DType.Float32)]
    [InlineData(3, 1, DType.Float32)]
    public void CroppedTransposedConvolutionsAreThePlainOnes(int kernel, int stride, DType type)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        var init = new Initializer(Device.Cpu, random);
        using var layer = new ConvTranspose2d(
            6, 4, kernel, stride, init, type == DType.Float32 ? "relu" : "none", same: true);
        var x = Tensor.Randn([3, 6, 5, 7], random).Contiguous(MemoryFormat.ChannelsLast).SetRequiresGrad(true);
        using var autocast = new Autocast(type);
        var (found, expected) = (layer.Forward(x).To(DType.Float32), layer.ForwardPlain(x));
        Assert.Equal([3, 4, 5 * stride, 7 * stride], found.Shape);
        Tensor[] inputs = [x, .. layer.Parameters()];
        var weights = Tensor.Randn(found.Shape, random);
        var gradients = Reverie.Torch.Torch.Grad((found * weights).Sum(), inputs);
        var right = Reverie.Torch.Torch.Grad((expected * weights).Sum(), inputs);
        foreach (var (one, other) in gradients.Zip(right).Append((found, expected)))
            Assert.True((one! - other!).Norm().Item() <= (type == DType.Float32 ? 1e-5 : 0.05) * other!.Norm().Item());
    }

    [Theory, NoTensorLeaks, MemberData(nameof(DenseLayers))]
    public void DenseLayersAreWithinTheirRounding(int inputs, int outputs, int rows, string activation, bool biased) =>
        WithinRounding((type, seed) => OfDense(inputs, outputs, rows, activation, biased, type, seed));

    private static void WithinRounding(Func<DType, ulong, string?> fault)
    {
        foreach (var type in new[] { DType.Float32, DType.BFloat16 })
            for (ulong seed = 1; seed <= (ulong)Seeds; seed++)
            {
                using var scope = new TensorScope();
                if (fault(type, seed) is { } found) Assert.Fail($"{type}, seed {seed}: {found}");
            }
    }

    private static string? OfConvolution(
        int inputs, int outputs, int kernel, int size, int pictures, string activation, DType type, ulong seed)
    {
        using var random = new Generator(Device.Cpu, seed);
        using var layer = new Conv2d(inputs, outputs, kernel, 2, new Initializer(Device.Cpu, random), activation);
        return OfPictures(layer, layer.Forward, (x, w) => x.Conv2d(w, null, 2), [pictures, inputs, size, size],
            activation, type, random);
    }

    private static string? OfTransposed(
        int inputs, int outputs, int kernel, int size, int pictures, string activation, DType type, ulong seed)
    {
        using var random = new Generator(Device.Cpu, seed);
        var init = new Initializer(Device.Cpu, random);
        using var layer = new ConvTranspose2d(inputs, outputs, kernel, 2, init, activation);
        return OfPictures(layer, layer.Forward, (x, w) => x.ConvTranspose2d(w, null, 2), [pictures, inputs, size, size],
            activation, type, random);
    }

    private static string? OfPictures(Module layer, Func<Tensor, Tensor> fast, Func<Tensor, Tensor, Tensor> product,
        long[] shape, string activation, DType type, Generator random)
    {
        var (weight, bias) = (Part(layer, "weight"), Part(layer, "bias"));
        DrawBias(bias, random);
        var x = Tensor.Randn(shape, random).Contiguous(MemoryFormat.ChannelsLast);
        return new RoundedLayer(product, activation, type).Fault(fast, x, weight, bias, random);
    }

    private static string? OfDense(
        int inputs, int outputs, int rows, string activation, bool biased, DType type, ulong seed)
    {
        using var random = new Generator(Device.Cpu, seed);
        using var layer = new Linear(inputs, outputs, new Initializer(Device.Cpu, random), biased, activation);
        if (biased) DrawBias(layer.Bias!, random);
        return new RoundedLayer((x, w) => x.Matmul(w.Transpose(0, 1)), activation, type)
            .Fault(layer.Forward, Tensor.Randn([rows, inputs], random), layer.Weight, layer.Bias, random);
    }

    // Of bfloat16's numbers, so that its rounding is not the same error in a whole column.
    private static void DrawBias(Tensor bias, Generator random)
    {
        using var noGrad = new NoGrad();
        bias.Copy_((Tensor.Rand(bias.Shape, random) * 2 - 1).To(DType.BFloat16).To(DType.Float32));
    }

    private static Tensor Part(Module layer, string name) =>
        layer.NamedParameters().Single(part => part.Name == name).Value;

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
        var weight = Tensor.Randn([48, 40], random).To(DType.BFloat16);
        // Larger than the numbers' last place: sums lie below 32 or so, where that is 1/8.
        var bias = Tensor.Full([48], 1024);
        float[] Of(Tensor w, Tensor? b) => x.Linear(w, b).To(DType.Float32).ToArray<float>();
        var (first, biased) = (Of(weight, null), Of(weight, bias));
        Assert.Equal(first, Of(weight, null));
        bias.Mul_(-1.0);
        Assert.All(biased, value => Assert.True(value > 0));
        Assert.All(Of(weight, bias), value => Assert.True(value < 0));
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
            // Below AVX-512 they are float32's, whatever the type.
            var within = Processor.InForce < InstructionSet.Avx512 ? DType.Float32 : type;
            var (w, b) = (dense.Weight.To(type).To(within), dense.Bias!.To(within));
            Same(rows.To(within).Linear(w, b).Tanh().To(type), dense.Forward(rows));
            var plain = picture.To(within).Conv2d(
                Part(convolution, "weight").To(type).To(within), Part(convolution, "bias").To(within), stride: 2);
            Same(plain.Relu().To(type), convolution.Forward(picture));
        }
        finally
        {
            Reverie.Torch.Torch.OwnKernels = true;
        }
        void Same(Tensor expected, Tensor found) => Assert.Equal(Floats(expected), Floats(found));
        static float[] Floats(Tensor t) => t.To(DType.Float32).Contiguous().ToArray<float>();
    }

    /// <summary>Products with windows and their weights' gradients come to the same bits on any number of threads.</summary>
    [Theory, NoTensorLeaks]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void ThreadsChangeNoBit(DType type)
    {
        if (Processor.InForce < (type == DType.Float32 ? InstructionSet.Avx2 : InstructionSet.Avx512BFloat16)) return;
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var layer = new Conv2d(16, 40, 4, 2, new Initializer(Device.Cpu, random), "relu");
        var x = Tensor.Randn([61, 16, 14, 21], random).Contiguous(MemoryFormat.ChannelsLast);
        var before = Reverie.Torch.Torch.Threads;
        try
        {
            var one = Of(1);
            Assert.Equal(one, Of(2));
            Assert.Equal(one, Of(5));
        }
        finally
        {
            Reverie.Torch.Torch.Threads = before;
        }
        float[] Of(int threads)
        {
            Reverie.Torch.Torch.Threads = threads;
            using var autocast = new Autocast(type);
            var y = layer.Forward(x);
            var gradients = Reverie.Torch.Torch.Grad(y.To(DType.Float32).Square().Sum(), [Part(layer, "weight")]);
            return [.. y.To(DType.Float32).Contiguous().ToArray<float>(), .. gradients[0]!.Contiguous().ToArray<float>()];
        }
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
}
