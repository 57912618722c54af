using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Behaviors;

/// <summary>C: its sizes, and what its vector means.</summary>
[NoTensorLeaks]
public sealed class ControllerTests
{
    /// <summary>Numbers of parameters: 867 for CarRacing, 1,088 for Doom; V alone and V with 40 hidden units of W table 1.</summary>
    [Theory]
    [InlineData("zh", 0, true, 32, 256, 3, 867)]
    [InlineData("zch", 0, false, 64, 512, 1, 1088)]
    [InlineData("z", 0, true, 32, 256, 3, 99)]
    [InlineData("z", 40, true, 32, 256, 3, 32 * 40 + 40 + 40 * 3 + 3)]
    [InlineData("zc", 0, true, 32, 256, 3, 867)]
    public void PublishedSizes(
        string features, int hidden, bool bias, int latents, int units, int actions, int expected)
    {
        using var scope = new TensorScope();
        using var memory = Memory(units, latents, actions);
        var config = new ControllerConfig { Features = features, Hidden = hidden, Bias = bias };
        var controller = new Controller(config, memory, new ActionGroups((actions, false)));
        Assert.Equal(expected, controller.ParameterCount);
        var state = memory.Initial(2);
        Assert.Equal([2, controller.FeatureSize], controller.Features(state).Shape.ToArray());
        var action = controller.Act(controller.Features(state), Tensor.Ones([1, expected]));
        Assert.Equal([2, actions], action.Shape.ToArray());
    }

    [Fact]
    public void FeaturesAreThoseAskedForInOrder()
    {
        using var scope = new TensorScope();
        using var memory = Memory(2, 1, 1);
        var deter = Tensor.FromArray<float>([3, 4, 5, 6], [1, 4]);
        var state = new LatentState(deter, Tensor.FromArray<float>([1], [1, 1]),
            memory.Initial(1).Distribution);
        double[] Of(string features) => [.. new Controller(new ControllerConfig { Features = features }, memory, new ActionGroups((1, false)))
            .Features(state).ToArray<float>().Select(x => (double)x)];
        Assert.Equal([1], Of("z"));
        Assert.Equal([1, 3, 4], Of("zh"));
        Assert.Equal([1, 5, 6], Of("zc"));
        Assert.Equal([1, 5, 6, 3, 4], Of("zch"));
    }

    /// <summary>Weights by rows of the input, then constants; every row of a batch by its own vector.</summary>
    [Fact]
    public void EveryRowHasItsOwnVector()
    {
        using var scope = new TensorScope();
        using var memory = Memory(1, 2, 2);
        var controller = new Controller(new ControllerConfig { Features = "z" }, memory, new ActionGroups((2, false)));
        var features = Tensor.FromArray<float>([1, 2, -1, 1], [2, 2]);
        var parameters = Tensor.FromArray<float>([.1f, .2f, .3f, .4f, .5f, -.6f, 0, 0, 1, 0, 0, .25f], [2, 6]);
        double[] first = [Math.Tanh(.1 + .6 + .5), Math.Tanh(.2 + .8 - .6)], second = [Math.Tanh(1), Math.Tanh(.25)];
        Near.Equal([.. first, .. second], controller.Act(features, parameters), Near.Float32);
        Near.Equal([.. first, Math.Tanh(-.1 + .3 + .5), Math.Tanh(-.2 + .4 - .6)],
            controller.Act(features, parameters.Narrow(0, 0, 1)), Near.Float32);
        var choices = new Controller(new ControllerConfig { Features = "z" }, memory, new ActionGroups((2, true)));
        Near.Equal([1, 0, 1, 0], choices.Act(features, parameters));
    }

    [Fact]
    public void AHiddenLayerIsSquashedToo()
    {
        using var scope = new TensorScope();
        using var memory = Memory(1, 2, 1);
        var config = new ControllerConfig { Features = "z", Hidden = 2 };
        var controller = new Controller(config, memory, new ActionGroups((1, false)));
        var action = controller.Act(Tensor.FromArray<float>([1, 2], [1, 2]),
            Tensor.FromArray<float>([.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f, .9f], [1, 9]));
        Near.Equal(Math.Tanh(.7 * Math.Tanh(1.2) + .8 * Math.Tanh(1.6) + .9), action, Near.Float32);
    }

    /// <summary>A memory whose end is always, or never, likely; one draw decides rows that share their numbers.</summary>
    [Fact]
    public void DreamsEndWhereMemorySaysSo()
    {
        using var scope = new TensorScope();
        using var memory = Memory(4, 2, 1, done: true);
        var config = new ControllerConfig { Features = "zh", DreamSteps = 9 };
        var controller = new Controller(config, memory, new ActionGroups((1, false)));
        var dream = new MemoryDream(memory, controller, config);
        var bias = memory.NamedParameters().Single(parameter => parameter.Name == "output.bias").Value;
        var (starts, vectors) = (Tensor.Zeros([6, 4]), Tensor.Ones([6, controller.ParameterCount]));
        using var noGrad = new NoGrad();
        bias.Narrow(0, 0, 1).Fill_(-50);
        Assert.All(dream.Returns(starts, vectors, 1), value => Assert.Equal(9, value));
        bias.Narrow(0, 0, 1).Fill_(50);
        Assert.All(dream.Returns(starts, vectors, 1), value => Assert.Equal(1, value));
    }

    /// <summary>Dreams that ended leave the batch; what the others return is what they would with all of them in it.</summary>
    [Fact]
    public void DreamsThatLeaveChangeNoOther()
    {
        const int Count = 12, Steps = 160;
        using var scope = new TensorScope();
        using var memory = Memory(8, 2, 1, done: true);
        var config = new ControllerConfig { Features = "zh", DreamSteps = Steps };
        var controller = new Controller(config, memory, new ActionGroups((1, false)));
        using var random = new Generator(Device.Cpu, 4);
        var starts = Tensor.Randn([Count, 4], random);
        var vectors = Tensor.Randn([Count, controller.ParameterCount], random);
        using var noGrad = new NoGrad();
        memory.NamedParameters().Single(parameter => parameter.Name == "output.weight").Value.Narrow(0, 0, 1).Fill_(20);
        memory.NamedParameters().Single(parameter => parameter.Name == "output.bias").Value.Narrow(0, 0, 1).Fill_(-3);
        var found = new MemoryDream(memory, controller, config).Returns(starts, vectors, 7);

        using var noise = new Generator(Device.Cpu, 7);
        var first = Vae.Latent(starts);
        var state = new LatentState(memory.Initial(Count).Deter,
            first.Sample(memory.Noise([Count], noise).Narrow(-1, 2, 2)), first);
        var (sum, alive) = (new float[Count], Enumerable.Repeat(true, Count).ToArray());
        for (var step = 0; step < Steps; step++)
        {
            var after = memory.Recur(state, controller.Act(controller.Features(state), vectors));
            var next = memory.Predict(after);
            var done = next.DoneLogit!.ToArray<float>();
            for (var n = 0; n < Count; n++)
            {
                if (alive[n]) sum[n]++;
                alive[n] &= done[n] <= 0;
            }
            state = new LatentState(after, next.Next.Tempered(config.Temperature).Sample(memory.Noise([Count], noise)), first);
        }
        Assert.True(sum.Distinct().Count() > 3, $"the dreams end alike: {string.Join(' ', sum)}");
        Assert.Equal(sum, found);
    }

    [Fact]
    public void DreamsOfAGroupAreThoseOfTheOther()
    {
        using var scope = new TensorScope();
        using var memory = Memory(4, 2, 1, reward: true);
        var config = new ControllerConfig { Features = "zh", DreamSteps = 7 };
        var controller = new Controller(config, memory, new ActionGroups((1, false)));
        var dream = new MemoryDream(memory, controller, config);
        var (starts, vectors) = (Tensor.Zeros([6, 4]), Tensor.Ones([6, controller.ParameterCount]));
        var shared = dream.Returns(starts, vectors, 3, groups: 2);
        Assert.Equal(shared[..3], shared[3..]);
        Assert.Equal(3, shared[..3].Distinct().Count());
        Assert.Equal(6, dream.Returns(starts, vectors, 3).Distinct().Count());
        Assert.Equal(shared, dream.Returns(starts, vectors, 3, groups: 2));
        var hot = new MemoryDream(memory, controller, config with { Temperature = 4 });
        Assert.NotEqual(shared, hot.Returns(starts, vectors, 3, groups: 2));
    }

    private static MdnRnn Memory(int units, int latents, int actions, bool done = false, bool reward = false)
    {
        using var random = new Generator(Device.Cpu, 1);
        var config = new MemoryConfig { Units = units, Done = done, Reward = reward };
        return new(config, latents, actions, new Initializer(Device.Cpu, random));
    }
}
