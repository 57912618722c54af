using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Tests.Torch.Distributions;

/// <summary>Choices among classes in one pass against the plain operators in float64.</summary>
[NoTensorLeaks]
public class ClassesTests
{
    private const double Unimix = 0.01;

    /// <summary>Uniform numbers pick the same classes, and the gradient is that of the probabilities.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(21)]
    public void DrawsAreThePlainOnes(int classes) => Each(classes, (draw, random) =>
    {
        var uniform = Tensor.Rand([11, 5], random);
        OnePass.Same([draw()], DType.Float32, x => x[0].OneHotDraw(uniform.To(x[0].DType), Unimix));
    });

    /// <summary>The first class takes 0, the last one what rounding leaves.</summary>
    [Fact]
    public void EndsOfTheUniformNumbersPickTheEnds()
    {
        using var scope = new TensorScope();
        var drawn = Tensor.Zeros([2, 7]).OneHotDraw(Tensor.FromArray([0f, MathF.BitDecrement(1)], [2]), Unimix);
        Assert.Equal([0L, 6], drawn.Argmax(-1).ToArray<long>());
        Assert.Equal(2, drawn.Sum().Item());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(21)]
    public void DivergencesAreThePlainOnes(int classes) => Each(classes, (draw, _) =>
    {
        var (q, p) = (draw(), draw());
        OnePass.Same([q, p], DType.Float32, x => x[0].OneHotDivergence(x[1], Unimix));
        // One side alone, as losses ask for it.
        OnePass.Same([q], DType.Float32, x => x[0].OneHotDivergence(p.Detach().To(x[0].DType), Unimix));
        OnePass.Same([p], DType.Float32, x => q.Detach().To(x[0].DType).OneHotDivergence(x[0], Unimix));
        var same = q.Detach();
        Assert.Equal(new float[55], same.OneHotDivergence(same, Unimix).ToArray<float>());
    });

    /// <summary>Logits far apart: what is left of a class is its part of the mixture.</summary>
    [Fact]
    public void LogitsFarApartStayFinite()
    {
        using var scope = new TensorScope();
        var far = Tensor.FromArray([500f, -500, 0], [1, 3]);
        var other = Tensor.FromArray([-500f, 500, 0], [1, 3]);
        OnePass.Same([far, other], DType.Float32, x => x[0].OneHotDivergence(x[1], Unimix));
    }

    /// <summary>Values between bins, on one, at 0 and beyond the ends.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(255)]
    public void TwoHotsAreThePlainOnes(int count) => Each(count, (draw, random) =>
    {
        var bins = SymexpTwoHot.Bins(count, Device.Cpu);
        var values = Tensor.Cat([(Tensor.Randn([50], random) * 3).Symexp(),
            Tensor.FromArray([0f, 1e9f, -1e9f, 1.5f], [4]), bins.Narrow(0, 3, 1)]).Reshape(11, 5);
        OnePass.Same([draw()], DType.Float32, x => x[0].TwoHotLogProb(values.To(x[0].DType), bins.To(x[0].DType)));
        // Leaning to one side: a mean that is a small rest of large numbers has no more digits in float32.
        var leaning = (draw() + Tensor.Arange(0, count) * (8.0 / count)).Detach().SetRequiresGrad(true);
        var exact = leaning.Detach().To(DType.Float64).SetRequiresGrad(true);
        var (found, expected) = (leaning.TwoHotMean(bins), exact.TwoHotMean(bins.To(DType.Float64)));
        Alike(expected, found);
        Alike(Reverie.Torch.Torch.Grad(expected.Sum(), [exact])[0]!, Reverie.Torch.Torch.Grad(found.Sum(), [leaning])[0]!);
        Assert.Equal(0, Tensor.Zeros([1, count]).TwoHotMean(bins).Item());
    });

    // Against the size of all of them: a bin beside the mean has the small difference of two large numbers.
    private static void Alike(Tensor expected, Tensor found) =>
        Assert.True((found.To(DType.Float64) - expected).Norm().Item() <= 1e-5 * expected.Norm().Item());

    private static void Each(int classes, Action<Func<Tensor>, Generator> compare)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using var scope = new TensorScope();
            using var random = new Generator(Device.Cpu, seed);
            compare(() => Tensor.Randn([11, 5, classes], random) * 2, random);
        }
    }
}
