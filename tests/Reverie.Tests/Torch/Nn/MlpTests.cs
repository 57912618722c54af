using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class MlpTests
{
    /// <summary>Checkpoints know these names, and seeds these numbers.</summary>
    [Fact]
    public void WithoutANormItIsALineOfLinearLayers()
    {
        using var scope = new TensorScope();
        using var mlp = Make(init => new Mlp(4, 2, 8, 3, "elu", init));
        Assert.Equal(
            ["layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "out.weight", "out.bias"], NamesOf(mlp));
        using var generator = new Generator(Device.Cpu, 3);
        var init = new Initializer(Device.Cpu, generator);
        using var first = new Linear(4, 8, init, activation: "elu");
        using var second = new Linear(8, 8, init, activation: "elu");
        using var last = new Linear(8, 3, init);
        var x = FromArray([0.1f, -2, 3, 0.4f, 1, 1, -1, 0], [2, 4]);
        Assert.Equal(last.Forward(second.Forward(first.Forward(x))).ToArray<float>(), mlp.Forward(x).ToArray<float>());
    }

    [Fact]
    public void ANormStandsBetweenProductAndActivation()
    {
        using var scope = new TensorScope();
        using var dense = Make(init => new Dense(2, 4, "silu", init, "rms"));
        Assert.Equal(["linear.weight", "linear.bias", "norm.scale"], NamesOf(dense));
        using (new NoGrad())
        {
            dense.Parameters()[0].Copy_(FromArray([1f, 0, 1, 1, 0, -1, 2, 1], [4, 2]));
            dense.Parameters()[1].Copy_(FromArray([0f, -1, -1, 0], [4]));
            dense.Parameters()[2].Copy_(FromArray([1f, 1, 2, 1], [4]));
        }
        // (1, 2)·Wᵀ + b is (1, 2, −3, 4), whose root mean square is √7.5.
        var r = 1 / Math.Sqrt(7.5001);
        double[] expected = [.. new[] { r, 2 * r, -6 * r, 4 * r }.Select(z => z / (1 + Math.Exp(-z)))];
        Near.Equal(expected, dense.Forward(FromArray([1f, 2], [1, 2])), 1e-6);
    }

    /// <summary>The count of DreamerV3's value head in its 12M size.</summary>
    [Fact]
    public void WithANormItsLayersHaveOneEach()
    {
        using var mlp = Make(init => new Mlp(2560, 3, 256, 255, "silu", init, "rms", outScale: 0));
        Assert.Equal(
            ["layer0.linear.weight", "layer0.linear.bias", "layer0.norm.scale"], NamesOf(mlp).Take(3));
        Assert.Equal(["layer2.norm.scale", "out.weight", "out.bias"], NamesOf(mlp).TakeLast(3));
        Assert.Equal(853_503, mlp.ParameterCount);
        using var scope = new TensorScope();
        Assert.Equal(new float[255], mlp.Forward(Ones([1, 2560])).ToArray<float>());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("rms")]
    public void ATrunkIsTheHiddenLayersAlone(string norm)
    {
        using var scope = new TensorScope();
        using var mlp = Make(init => new Mlp(4, 2, 8, 3, "elu", init, norm));
        using var trunk = Make(init => new MlpTrunk(4, 2, 8, "elu", init, norm));
        Assert.Equal(8, trunk.OutputSize);
        Assert.Equal(NamesOf(mlp).SkipLast(2), NamesOf(trunk));
        var x = FromArray([0.1f, -2, 3, 0.4f], [1, 4]);
        var (weight, bias) = (mlp.Parameters()[^2], mlp.Parameters()[^1]);
        Assert.Equal(mlp.Forward(x).ToArray<float>(), trunk.Forward(x).Linear(weight, bias).ToArray<float>());
        using var none = Make(init => new MlpTrunk(4, 0, 8, "elu", init, norm));
        Assert.Equal((4, 0), (none.OutputSize, none.ParameterCount));
        Assert.Equal(x.ToArray<float>(), none.Forward(x).ToArray<float>());
    }

    [Fact]
    public void AnUnknownNormIsTold()
    {
        var error = Assert.Throws<ArgumentException>(() => Make(init => new Mlp(4, 2, 8, 3, "elu", init, "batch")));
        Assert.Contains("norm 'batch' is unknown; use rms or none", error.Message, StringComparison.Ordinal);
    }

    private static T Make<T>(Func<Initializer, T> make)
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 3);
        return make(new Initializer(Device.Cpu, generator));
    }

    private static string[] NamesOf(Module module) =>
        [.. module.NamedParameters().Select(parameter => parameter.Name)];
}
