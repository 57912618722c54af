using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Behaviors;

[NoTensorLeaks]
public sealed class ImaginationTests
{
    private const double Gamma = .99;

    /// <summary>The gradient of an imagined return through the dynamics, with the policy's input cut as Dreamer
    /// does, and whole.</summary>
    [Theory]
    [InlineData(true, new[] { -0.9103799713004799, -1.9773537081700125 })]
    [InlineData(false, new[] { -0.9947944147529963, -2.175235721943857 })]
    public void GradientsFlowThroughTheDynamics(bool cut, double[] expected)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var chain = new LinearChain(new Initializer(Device.Cpu, noise) { DType = DType.Float64 }, .9, .5, 0);
        var (w, b) = (Double(.3).SetRequiresGrad(true), Double(.1).SetRequiresGrad(true));
        double[] epsilon = [.5, -1, .25];
        var k = 0;
        Tensor Policy(Tensor feature) => ((cut ? feature.Detach() : feature) * w + b + .2 * epsilon[k++]).Tanh();
        var arrived = Imagination.Rollout(chain, Start(.4), Policy, 3, noise).Arrived;      // (3, 1, 1)
        Near.Equal([0.5147534606063193, 0.490464295358969, 0.5857641125035157], arrived);

        var reward = -(arrived - 1).Square();
        var discount = Full(reward.Shape, Gamma, DType.Float64);
        var returns = LambdaReturn.Estimate(new ImaginationConfig(), reward, arrived * .7, discount);
        Near.Equal([-0.08086704029027403, 0.1463078956609044], returns);
        var weights = LambdaReturn.Weights(discount.Narrow(0, 0, 2));
        Near.Equal([1, Gamma], weights);
        var loss = -(weights * returns).Mean();
        Near.Equal(-0.031988888207010666, loss);
        var gradients = Reverie.Torch.Torch.Grad(loss, [w, b]);
        Near.Equal(expected, Cat([gradients[0]!, gradients[1]!]));
    }

    /// <summary>Which action leads where: in a chain that adds its action to ten times the state, every row spells the
    /// actions before it.</summary>
    [Fact]
    public void TheActionOfARowLeadsToIt()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var chain = new LinearChain(new Initializer(Device.Cpu, noise) { DType = DType.Float64 }, 10, 1, 0);
        var (seen, k) = (new List<double>(), 0);
        Tensor Policy(Tensor feature)
        {
            seen.Add(feature.Item());
            return Double(++k);
        }
        var trajectory = Imagination.Rollout(chain, Start(7), Policy, 3, noise);
        Near.Equal([7, 71, 712, 7123], trajectory.Features);
        Near.Equal([1, 2, 3], trajectory.Actions!);
        Assert.Equal([7, 71, 712], seen);
        Near.Equal([71, 712, 7123], trajectory.Arrived);
    }

    /// <summary>Nothing is imagined, and nothing drawn.</summary>
    [Fact]
    public void AHorizonOfZeroIsTheStart()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var chain = new LinearChain(new Initializer(Device.Cpu, noise) { DType = DType.Float64 }, 10, 1, 0);
        var trajectory = Imagination.Rollout(chain, Start(7), _ => throw new InvalidOperationException(), 0, noise);
        Near.Equal([7], trajectory.Features);
        Assert.Null(trajectory.Actions);
        Assert.Equal(0, trajectory.Arrived.Size(0));
    }

    private static Tensor Double(double value) => FromArray([value], [1, 1]);

    private static LatentState Start(double s) =>
        new(Zeros([1, 0], DType.Float64), Double(s), Double(s), Zeros([1, 1], DType.Float64));
}
