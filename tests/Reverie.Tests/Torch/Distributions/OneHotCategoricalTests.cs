using Reverie.Torch;
using Reverie.Torch.Distributions;
using static Reverie.Torch.Tensor;
using static Reverie.Torch.Torch;

namespace Reverie.Tests.Torch.Distributions;

[NoTensorLeaks]
public class OneHotCategoricalTests
{
    /// <summary>Whatever is drawn, the gradient is the softmax's.</summary>
    [Fact]
    public void StraightThroughIsOneHotWithTheGradientOfSoftmax()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var logits = FromArray([.3, -.2, 1], [3]).SetRequiresGrad(true);
        var upstream = FromArray([1.0, -2, .5], [3]);
        for (var i = 0; i < 20; i++)
        {
            var distribution = new OneHotCategorical(logits);
            Near.Equal([0.27622147179547596, 0.16753679151490458, 0.5562417366896196], distribution.Mean);
            var sample = distribution.Sample(noise);
            Assert.Equal([0.0, 0, 1], sample.ToArray<double>().Order());
            Near.Equal([0.2156547329876554, -0.37180916707555933, 0.15615443408790391],
                Grad((sample * upstream).Sum(), [logits])[0]!);
        }
    }

    /// <summary>REINFORCE with an entropy bonus.</summary>
    [Fact]
    public void ScoreFunctionGradient()
    {
        using var scope = new TensorScope();
        var logits = FromArray([.3, -.2, 1], [3]).SetRequiresGrad(true);
        var distribution = new OneHotCategorical(logits);
        var action = FromArray([0.0, 0, 1], [3]);
        var entropy = distribution.Entropy();
        Near.Equal(0.9809514810761963, entropy);
        var loss = distribution.LogProb(action) * -1.7 - entropy * 1e-3;
        Near.Equal(0.9961579602214357, loss);
        Near.Equal([0.46949208854404745, 0.2846775777987257, -0.7541696663427732], Grad(loss, [logits])[0]!);
    }

    [Fact]
    public void SamplesOccurAsOftenAsTheyShould()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var distribution = new OneHotCategorical(FromArray([1f, 0, -1], [3]).Expand(20000, 3));
        var counts = distribution.Sample(noise).Sum(0).ToArray<float>();
        double[] expected = [0.66524096, 0.24472847, 0.09003057];
        for (var k = 0; k < 3; k++)         // five standard deviations
            Assert.InRange(counts[k] / 20000, expected[k] - 0.017, expected[k] + 0.017);
    }

    [Fact]
    public void NumbersPickTheClassTheyFallInto()
    {
        using var scope = new TensorScope();
        var logits = FromArray([.3, -.2, 1], [3]).SetRequiresGrad(true);
        var distribution = new OneHotCategorical(logits.Expand(6, 3));      // 0.276, 0.168, 0.556
        var sample = distribution.FromUniform(FromArray([0, .2762, .2763, .4437, .4438, 1 - 1e-12], [6]));
        Assert.Equal([1.0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], sample.ToArray<double>());
        var gradient = Grad((sample[0] * FromArray([1.0, -2, .5], [3])).Sum(), [logits])[0]!;
        Near.Equal([0.2156547329876554, -0.37180916707555933, 0.15615443408790391], gradient);
        var certain = new OneHotCategorical(FromArray([-1e9f, 0, -1e9f], [3])).FromUniform(FromArray([0f], [1]).Squeeze(0));
        Assert.Equal([0f, 1, 0], certain.ToArray<float>());
    }

    [Fact]
    public void NumbersPickClassesAsOftenAsTheyShould()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var distribution = new OneHotCategorical(FromArray([1f, 0, -1], [3]).Expand(20000, 3), unimix: 0.01);
        var counts = distribution.FromUniform(Rand([20000], noise)).Sum(0).ToArray<float>();
        var expected = distribution.Mean[0].ToArray<float>();
        for (var k = 0; k < 3; k++)         // five standard deviations
            Assert.InRange(counts[k] / 20000, expected[k] - 0.017, expected[k] + 0.017);
    }

    [Fact]
    public void ShapesOfManyVariables()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var distribution = new OneHotCategorical(Randn([7, 5, 4, 6], noise), variableDims: 1);
        var sample = distribution.Sample(noise);
        Assert.Equal([7L, 5, 4, 6], sample.Shape.ToArray());
        Assert.Equal([7L, 5], distribution.LogProb(sample).Shape.ToArray());
        Assert.Equal([7L, 5], distribution.Entropy().Shape.ToArray());
        Assert.Equal(distribution.Mean.Argmax(-1).ToArray<long>(), distribution.Mode.Argmax(-1).ToArray<long>());
    }
}
