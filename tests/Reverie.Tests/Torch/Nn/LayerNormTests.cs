using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class LayerNormTests
{
    /// <summary>Golden numbers of one row.</summary>
    [Fact]
    public void MatchesTheVector()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 1);
        using var norm = new LayerNorm(4, new Initializer(Device.Cpu, generator) { DType = DType.Float64 });
        var x = FromArray([1, -2, 3, 0.5], [1, 4]);
        Near.Equal([0.21052553822659484, -1.4736787675861638, 1.333328408768434, -0.07017517940886495], norm.Forward(x));
        Assert.Equal(["scale", "offset"], norm.NamedParameters().Select(parameter => parameter.Name));
    }

    [Fact]
    public void ScaleAndOffsetApplyToTheNormalised()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 1);
        using var norm = new LayerNorm(2, new Initializer(Device.Cpu, generator), epsilon: 0);
        using (new NoGrad())
        {
            norm.Parameters()[0].Copy_(FromArray([2f, 3], [2]));
            norm.Parameters()[1].Copy_(FromArray([10f, 20], [2]));
        }
        Near.Equal([8, 23], norm.Forward(FromArray([-1f, 5], [1, 2])), Near.Float32);
    }
}
