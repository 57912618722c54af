using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Behaviors;

[NoTensorLeaks]
public sealed class ActorTests
{
    private const int Feature = 230;

    [Theory]
    [InlineData(1, 574_402)]
    [InlineData(6, 578_412)]
    public void ParametersOfThePublishedActor(int actionSize, long expected)
    {
        using var scope = new TensorScope();
        using var actor = Make(new ActorConfig(), actionSize);
        Assert.Equal(expected, actor.ParameterCount);
    }

    [Fact]
    public void ParametersOfThePublishedCritic()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var critic = new Critic(Feature, new CriticConfig(), "elu", new Initializer(Device.Cpu, random));
        Assert.Equal(413_601, critic.ParameterCount);
        Assert.Equal([7, 3], critic.Forward(Zeros([7, 3, Feature])).Mean.Shape.ToArray());
    }

    /// <summary>A last layer of zeros answers with m = raw = 0 plus its bias, which this sets to TV-8a's
    /// outputs.</summary>
    [Fact]
    public void OutputsBecomeTheSquashedNormalOfTheVector()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var actor = Make(new ActorConfig { Layers = 0 }, 2, dtype: DType.Float64);
        SetBias(actor, [7.3, -.4, -1, .2]);
        var policy = Assert.IsType<TanhNormal>(actor.Forward(Zeros([1, Feature], DType.Float64), noise));
        var u = policy.FromNoise(FromArray([.4, -1.1], [2]));
        Near.Equal([6.0929074641358385, -6.1179145035743385], u);
        Near.Equal(16.08856229797647, policy.LogProbBefore(u));
    }

    /// <summary>Each row of a batch is evaluated by the densest of its own draws.</summary>
    [Fact]
    public void TheModeBelongsToItsRow()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var config = new ActorConfig { Layers = 0, InitialStd = 0.05, MinStd = 1e-4 };
        using var actor = Make(config, 1, dtype: DType.Float64);
        using (new NoGrad()) actor.Parameters()[0].Narrow(0, 0, 1).Fill_(1);              // m = Σ features
        double[] centres = [-1.2, -.4, .1, .9];
        var features = Cat([FromArray(centres, [4, 1]), Zeros([4, Feature - 1], DType.Float64)], 1);
        var mode = actor.Forward(features, noise).Mode.ToArray<double>();
        for (var n = 0; n < 4; n++) Assert.Equal(Math.Tanh(5 * Math.Tanh(centres[n] / 5)), mode[n], 0.1);
    }

    [Fact]
    public void DiscreteActionsAreOneHotAndCarryGradients()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var actor = Make(new ActorConfig { Units = 8 }, 3, discrete: true);
        var policy = actor.Forward(Randn([50, Feature], noise), noise);
        var actions = policy.Sample(noise);
        Assert.All(actions.ToArray<float>(), entry => Assert.True(entry is 0 or 1));
        Assert.All(actions.Sum(-1).ToArray<float>(), sum => Assert.Equal(1, sum));
        Assert.All(policy.Mode.Sum(-1).ToArray<float>(), sum => Assert.Equal(1, sum));
        var loss = (actions * FromArray([1f, 2, 3], [3])).Sum();
        Assert.All(Reverie.Torch.Torch.Grad(loss, actor.Parameters()), gradient =>
            Assert.True(gradient!.Abs().Max().Item() > 0));
    }

    /// <summary>A choice of three, two continuous entries and a choice of two from one layer of 3 + 4 + 2 outputs.</summary>
    [Theory]
    [InlineData("tanh_normal")]
    [InlineData("trunc_normal")]
    [InlineData("bounded_normal")]
    public void GroupsAreDecidedByThemselvesAndTheirLogarithmsAddUp(string distribution)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var groups = new ActionGroups((3, true), (2, false), (2, true));
        using var actor = new Actor(Feature, groups, new ActorConfig { Distribution = distribution, Layers = 1, Units = 8 }, "elu",
            new Initializer(Device.Cpu, random));
        Assert.Equal(9, actor.Parameters()[^1].Numel);
        var features = Randn([50, Feature], random);
        var policy = actor.Forward(features, random);
        var actions = policy.Sample(random);
        Assert.Equal([50, 7], actions.Shape.ToArray());
        Assert.Equal(50, actions.Narrow(-1, 0, 3).Eq(1).To(DType.Float32).Sum().Item());
        Assert.Equal(50, actions.Narrow(-1, 5, 2).Eq(1).To(DType.Float32).Sum().Item());
        Assert.InRange(actions.Narrow(-1, 3, 2).Abs().Max().Item(), 0.1, distribution == "bounded_normal" ? 6 : 1);
        // The same heads alone, whose outputs are those of the one layer.
        var parts = Assert.IsType<JointDistribution>(policy);
        double logs = 0, entropies = 0;
        foreach (var (distributionOf, start, size) in parts.Parts)
        {
            logs += distributionOf.LogProb(actions.Narrow(-1, start, size)).Sum().Item();
            entropies += distributionOf.Entropy().Sum().Item();
        }
        Assert.Equal(3, parts.Parts.Count);
        Assert.Equal(logs, policy.LogProb(actions).Sum().Item(), 1e-3);
        if (distribution != "tanh_normal") Assert.Equal(entropies, policy.Entropy().Sum().Item(), 1e-3);
        Assert.Equal([50], policy.Entropy().Shape.ToArray());
        Assert.Equal(policy.Mode.Narrow(-1, 0, 3).ToArray<float>(), parts.Parts[0].Distribution.Mode.ToArray<float>());
        var gradients = Reverie.Torch.Torch.Grad(policy.LogProb(actions.Detach()).Sum(), actor.Parameters());
        Assert.All(gradients[^1]!.ToArray<float>(), gradient => Assert.NotEqual(0, gradient));
    }

    private static Actor Make(ActorConfig config, int actionSize, bool discrete = false, DType dtype = DType.Float32)
    {
        using var random = new Generator(Device.Cpu, 1);
        return new(Feature, new ActionGroups((actionSize, discrete)), config, "elu", new Initializer(Device.Cpu, random) { DType = dtype });
    }

    private static void SetBias(Actor actor, double[] outputs)
    {
        using var noGrad = new NoGrad();
        actor.Parameters()[^1].Copy_(FromArray(outputs, [outputs.Length]));
    }
}
