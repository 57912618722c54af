using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Torch.Nn;

[NoTensorLeaks]
public class LstmCellTests
{
    /// <summary>Each gate's matrix has the rows x0, x1, h0, h1.</summary>
    [Fact]
    public void OneStepMatchesTheVector()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 1);
        using var cell = new LstmCell(2, 2, new Initializer(Device.Cpu, generator) { DType = DType.Float64 });
        var input = FromArray([.1, -.2, .3, .4, -.5, .6, .7, -.8], [4, 2]);
        var candidate = FromArray([-.1, .3, .2, -.4, .6, .5, -.7, .9], [4, 2]);
        var forget = FromArray([.2, .1, -.3, .5, .4, -.6, .8, .7], [4, 2]);
        var output = FromArray([.5, .2, .1, -.3, -.2, .4, .6, .1], [4, 2]);
        using (new NoGrad())
        {
            cell.Parameters()[0].Copy_(Cat([input, candidate, forget, output], 1).Transpose(0, 1));
            cell.Parameters()[1].Copy_(FromArray([.01, -.02, -.05, .06, .03, .04, .02, -.01], [8]));
        }
        var (x, h0, c0) = (FromArray([.5, -1], [1, 2]), FromArray([.1, .2], [1, 2]), FromArray([.3, -.4], [1, 2]));
        var (h, c) = cell.Forward(x, h0, c0);
        Near.Equal([0.08307324226043628, -0.02471797449346566], c);
        Near.Equal([0.04700217276315652, -0.015090691773093507], h);
    }

    [Fact]
    public void CountsWithTheHiddenStateOfWorldModels()
    {
        using var scope = new TensorScope();
        using var generator = new Generator(Device.Cpu, 1);
        using var cell = new LstmCell(35, 256, new Initializer(Device.Cpu, generator));
        Assert.Equal(4 * 256 * (35 + 256 + 1), cell.ParameterCount);
    }
}
