using Reverie.Configuration;
using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Models;

[NoTensorLeaks]
public sealed class FreeNatsTests
{
    /// <summary>Three free nats on divergences 1, 2, 5, 8.</summary>
    [Theory]
    [InlineData("rows", 3, 1.75, new[] { 0, 0, .25, .25 })]
    [InlineData("batch", 3, 4, new[] { .25, .25, .25, .25 })]
    [InlineData("batch", 5, 5, new[] { 0.0, 0, 0, 0 })]
    public void TheConventionsDifferInValueAndGradient(string over, double free, double value, double[] gradient)
    {
        using var scope = new TensorScope();
        var divergence = FromArray([1.0, 2, 5, 8], [2, 2]).SetRequiresGrad(true);
        var paid = FreeNats.Apply(new LossConfig { FreeNats = free, FreeNatsOver = over }, divergence);
        Assert.Equal([2, 2], paid.Shape.ToArray());
        Near.Equal(value, paid.Mean());
        Near.Equal(gradient, Reverie.Torch.Torch.Grad(paid.Mean(), [divergence])[0]!);
    }
}
