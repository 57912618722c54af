using Reverie.Torch;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch;

[NoTensorLeaks]
public class TensorTests
{
    [Fact]
    public void ArithmeticBroadcasts()
    {
        using var scope = new TensorScope();
        var column = FromArray([1.0, 2], [2, 1]);
        var row = FromArray([10.0, 20, 40], [1, 3]);
        var sum = column + row;
        Assert.Equal([2L, 3L], sum.Shape.ToArray());
        Near.Equal([11, 21, 41, 12, 22, 42], sum);
        Near.Equal([0.1, 0.05, 0.025, 0.2, 0.1, 0.05], column / row);
        Near.Equal([9, 8], 10 - column);
        Near.Equal([2, 1], 2 / column);
        Near.Equal([-1, -2], -column);
    }

    [Fact]
    public void FunctionsMatchTheirDefinitions()
    {
        using var scope = new TensorScope();
        double[] x = [-2, -0.5, 0.25, 3];
        var t = FromArray(x, [4]);
        Near.Equal(Array.ConvertAll(x, v => 1 / (1 + Math.Exp(-v))), t.Sigmoid());
        Near.Equal(Array.ConvertAll(x, v => Math.Log(1 + Math.Exp(v))), t.Softplus());
        Near.Equal(Array.ConvertAll(x, v => v > 0 ? v : Math.Exp(v) - 1), t.Elu());
        Near.Equal(Array.ConvertAll(x, v => v / (1 + Math.Exp(-v))), t.Silu());
        Near.Equal(Array.ConvertAll(x, v => -Math.Log(1 + Math.Exp(-v))), t.LogSigmoid());
        Near.Equal(Array.ConvertAll(x, Math.Tanh), t.Tanh());
        Near.Equal(Array.ConvertAll(x, v => v * v * v), t.Pow(3));
        Near.Equal([-1, -0.5, 0.25, 1], t.Clamp(-1, 1));
        Near.Equal([-2, -0.5, 0.25, 1], t.Clamp(null, 1));
        Near.Equal(0.8427007929497149, FromArray([1.0], [1]).Erf());
        Near.Equal(x, t.Erf().Erfinv());
        Near.Equal([-6.90875477931522, -0.6931471805599453, 0, 0.4054651081081644, 1.547562508716013, 4.61512051684126],
            FromArray([-1000, -1, 0, 0.5, 3.7, 100], [6]).Symlog());
        Near.Equal(11.182493960703473, FromArray([2.5], [1]).Symexp());
        Near.Equal(x, t.Symlog().Symexp());
    }

    [Fact]
    public void ReductionsAndSelections()
    {
        using var scope = new TensorScope();
        var t = FromArray([1.0, 5, 2, 4, 0, 3], [2, 3]);
        Near.Equal(15, t.Sum());
        Near.Equal([5, 5, 5], t.Sum(0));
        Near.Equal([8.0 / 3, 7.0 / 3], t.Mean(-1));
        Near.Equal([5, 4], t.Amax(1));
        Assert.Equal([1L, 0], t.Argmax(1).ToArray<long>());
        Near.Equal([1, 6, 8, 4, 4, 7], t.Cumsum(1));
        Near.Equal([26.0 / 9, 26.0 / 9], t.Var(1, 0));
        Near.Equal([13.0 / 3, 13.0 / 3], t.Var(1, 1));
        Near.Equal(Math.Sqrt(55), t.Norm());
        Near.Equal([Math.Log(Math.E + Math.Exp(5) + Math.Exp(2))], t[0].LogSumExp(0));
        var (values, indices) = t.TopK(2);
        Near.Equal([5, 2, 4, 3], values);
        Assert.Equal([1L, 2, 0, 2], indices.ToArray<long>());
    }

    [Fact]
    public void ShapesAndViews()
    {
        using var scope = new TensorScope();
        var t = Arange(0, 6, dtype: DType.Float64).Reshape(2, 3);
        Near.Equal([0, 3, 1, 4, 2, 5], t.Transpose(0, 1));
        Near.Equal([1, 2, 4, 5], t.Narrow(1, 1, 2));
        Near.Equal([2, 1, 0, 5, 4, 3], t.Flip(1));
        Near.Equal([0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 5], Cat([t, t[1].Unsqueeze(0).Expand(2, 3)]));
        Assert.Equal([2L, 2, 3], Stack([t, t]).Shape.ToArray());
        Near.Equal([3, 4, 5], t.Unbind()[1]);
        Near.Equal([2, 5], t.Split([2, 1], 1)[1]);
        Near.Equal([0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 5], t.Pad([1, 0, 1, 0]));
        t[0].Fill_(9);
        Near.Equal([9, 9, 9, 3, 4, 5], t);
    }

    [Fact]
    public void ConversionsBetweenTypes()
    {
        using var scope = new TensorScope();
        var bytes = FromArray(new byte[] { 0, 128, 255 }, [3]);
        Assert.Equal(DType.UInt8, bytes.DType);
        Assert.Equal([0f, 128, 255], bytes.To(DType.Float32).ToArray<float>());
        Assert.Same(bytes, bytes.To(DType.UInt8));
        Assert.Equal(1.0078125, Full([1], 1.01).To(DType.BFloat16).Item());
        Assert.Throws<TorchException>(() => bytes.ToArray<float>());
        Assert.Throws<TorchException>(() => FromArray([1f, 2], [3]));
        Assert.Throws<TorchException>(() => bytes.Item());
    }

    [Fact]
    public void ConvolutionAgainstSumsByHand()
    {
        using var scope = new TensorScope();
        var x = Arange(0, 9, dtype: DType.Float64).Reshape(1, 1, 3, 3);
        var weight = FromArray([1.0, 2, 3, 4], [1, 1, 2, 2]);
        Near.Equal([27, 37, 57, 67], x.Conv2d(weight));
        var small = FromArray([1.0, 2], [1, 1, 1, 2]);
        double[] spread = [1, 2, 2, 4, 3, 4, 6, 8];
        Near.Equal(spread, small.ConvTranspose2d(weight, stride: 2));
        Near.Equal(spread, small.FusedConvTranspose2d(weight, Zeros([1], DType.Float64), 2, activation: 0));
    }

    /// <summary>Of every square the largest; its gradient goes where that stood.</summary>
    [Fact]
    public void PoolingTakesTheLargest()
    {
        using var scope = new TensorScope();
        double[] pixels = [1, 5, 2, 0, 3, -4, 9, 9.5, 7, 7, 7, 7];              // of two channels 2 by 3 a picture
        var x = FromArray(pixels, [1, 2, 3, 2]).SetRequiresGrad(true);
        var y = x.MaxPool2d(2);
        Assert.Equal([1L, 2, 1, 1], y.Shape.ToArray());
        Near.Equal([5, 9.5], y);
        Near.Equal([0, 3, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0], Grad((y * FromArray([3.0, 5], [1, 2, 1, 1])).Sum(), [x])[0]!);
    }

    /// <summary>Each pixel becomes a square; its gradient is the sum over that.</summary>
    [Fact]
    public void UpsamplingRepeatsPixels()
    {
        using var scope = new TensorScope();
        var x = FromArray([1.0, 2, 3, 4, 5, 6], [1, 1, 2, 3]).SetRequiresGrad(true);
        var y = x.UpsampleNearest2d(2);
        double[] repeated = [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 4, 4, 5, 5, 6, 6];
        Assert.Equal([1L, 1, 4, 6], y.Shape.ToArray());
        Near.Equal(repeated, y);
        var sums = Grad((y * Arange(0, 24, dtype: DType.Float64).Reshape(1, 1, 4, 6)).Sum(), [x])[0]!;
        Near.Equal([0 + 1 + 6 + 7, 2 + 3 + 8 + 9, 4 + 5 + 10 + 11, 12 + 13 + 18 + 19, 62 + 8, 70 + 8], sums);
    }

    /// <summary>Pictures that lie channels-last stay so, and so do their gradients.</summary>
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void PoolingAndUpsamplingKeepChannelsLast(DType type)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var x = Randn([3, 16, 8, 8], noise).To(type).Contiguous(MemoryFormat.ChannelsLast);
        x.SetRequiresGrad(true);
        foreach (var y in new[] { x.MaxPool2d(2), x.UpsampleNearest2d(2) })
        {
            Assert.Equal(type, y.DType);
            Assert.True(y.Permute(0, 2, 3, 1).IsContiguous);
            Assert.True(Grad(y.Square().Sum(), [x])[0]!.Permute(0, 2, 3, 1).IsContiguous);
        }
        Assert.Equal(x.Detach().To(DType.Float32).Contiguous().ToArray<float>(),
            x.UpsampleNearest2d(2).MaxPool2d(2).Detach().To(DType.Float32).Contiguous().ToArray<float>());
    }

    [Fact]
    public void ErrorsOfLibtorchAreOneLine()
    {
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => Zeros([2, 3]).Matmul(Zeros([2, 3])));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("2x3", error.Message, StringComparison.Ordinal);
    }
}
