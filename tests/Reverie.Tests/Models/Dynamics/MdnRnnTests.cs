using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Models.Dynamics;

/// <summary>M: steps, chunks, flags, and that it learns a mixture.</summary>
[NoTensorLeaks]
public sealed class MdnRnnTests
{
    private static readonly MemoryConfig Small = new() { Units = 6, Mixtures = 3, Done = true, Reward = true };

    /// <summary>W's tables; CT's joint mixture has 327 outputs.</summary>
    [Fact]
    public void PublishedNumbersOfParameters()
    {
        Assert.Equal(422_368, Count(new MemoryConfig(), 32, 3));
        Assert.Equal(1_678_785, Count(new MemoryConfig { Units = 512, Done = true }, 64, 1));
        var joint = new MemoryConfig { Joint = true, Done = true, Reward = true };
        Assert.Equal(4 * 256 * (36 + 256) + 1024 + 257 * 327, Count(joint, 32, 3));
        Assert.Equal((4_348_547, 4_446_915), (CountVae(32), CountVae(64)));
    }

    /// <summary>Acting step by step comes to the same as a chunk at once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StepsAreTheChunk(bool joint)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var memory = Make(Small with { Joint = joint });
        var (embed, actions) = (Tensor.Randn([5, 2, 8], noise, DType.Float64), Tensor.Randn([5, 2, 2], noise, DType.Float64));
        var epsilon = memory.Noise([5, 2], noise, DType.Float64);
        var (posterior, prior) = memory.Observe(embed, actions, null, memory.Initial(2), epsilon);
        Assert.Equal([5, 2, 12], posterior.Deter.Shape.ToArray());
        Assert.Equal(0, posterior.Deter[0].Abs().Max().Item());
        var state = posterior.Map(part => part[0]);
        for (var t = 1; t < 5; t++)
        {
            var next = memory.PriorStep(state, actions[t], null);
            Near.Equal(prior.Stoch[t].ToArray<double>(), next.Stoch);
            state = memory.PosteriorStep(state, actions[t], next, embed[t], epsilon[t]);
            Near.Equal(posterior.Deter[t].ToArray<double>(), state.Deter);
            Near.Equal(posterior.Stoch[t].ToArray<double>(), state.Stoch);
        }
        Assert.Equal(10, memory.FeatureSize);
        Near.Equal([.. state.Stoch[0].ToArray<double>(), .. state.Deter[0].ToArray<double>()[..6]], memory.Feature(state)[0]);
    }

    /// <summary>What comes after the first row of an episode is as if nothing had been before.</summary>
    [Fact]
    public void AnEpisodeBeginsWithAnEmptyMemory()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var memory = Make(Small);
        var (embed, actions) = (Tensor.Randn([6, 1, 8], noise, DType.Float64), Tensor.Randn([6, 1, 2], noise, DType.Float64));
        var epsilon = memory.Noise([6, 1], noise, DType.Float64);
        var continues = Tensor.FromArray<double>([0, 1, 1, 0, 1, 1], [6, 1, 1]);
        var whole = memory.Observe(embed, actions, continues, memory.Initial(1), epsilon).Posterior;
        var tail = memory.Observe(embed.Narrow(0, 3, 3), actions.Narrow(0, 3, 3), null, memory.Initial(1), epsilon.Narrow(0, 3, 3)).Posterior;
        Near.Equal(tail.Deter.ToArray<double>(), whole.Deter.Narrow(0, 3, 3));
        Assert.NotEqual(0, whole.Deter[2].Abs().Max().Item());
    }

    /// <summary>The flag is an input of its own, so that an empty memory is told from one that holds little.</summary>
    [Fact]
    public void TheRestartFlagIsSetOnAnEmptyMemory()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var memory = Make(Small);
        var weight = memory.NamedParameters().Single(parameter => parameter.Name == "lstm.gates.weight").Value;
        var start = memory.Initial(1);
        var action = Tensor.Zeros([1, 2], DType.Float64);
        var (empty, held) = (memory.Recur(start, action), memory.Recur(start with { Deter = start.Deter + 1e-30 }, action));
        using (var noGrad = new NoGrad()) weight.Narrow(1, 6, 1).Zero_();        // after z (4) and action (2)
        var without = memory.Recur(start, action).ToArray<double>();
        Near.Equal(without, held);
        Assert.NotEqual(without, empty.ToArray<double>());
    }

    [Fact]
    public void HeadsThatNobodyAskedForAreNotThere()
    {
        using var scope = new TensorScope();
        using var memory = Make(Small with { Done = false, Reward = false });
        var prediction = memory.Predict(memory.Initial(3).Deter);
        Assert.Null(prediction.DoneLogit);
        Assert.Null(prediction.Reward);
        using var both = Make(Small);
        var other = both.Predict(both.Initial(3).Deter);
        Assert.Equal((3, 3), (other.DoneLogit!.Numel, other.Reward!.Numel));
        Assert.Equal([3, 12], other.Next.Means.Shape.ToArray());
    }

    /// <summary>A latent that goes left or right by a coin: one Gaussian cannot say so, the mixture comes near to the
    /// entropy ln 2 + ½ ln(2πe σ²).</summary>
    [Fact]
    public void LearnsThatTheFutureForks()
    {
        using var scope = new TensorScope();
        using var one = new ThreadLimit(1);
        using var noise = new Generator(Device.Cpu, 4);
        using var memory = Make(new MemoryConfig { Units = 8, Mixtures = 3 }, latents: 1);
        using var adam = new Adam(memory.NamedParameters(), new AdamOptions { LearningRate = 2e-2, ClipValue = 1 });
        const double Deviation = 0.1;
        double Step()
        {
            using var inner = new TensorScope();
            var coin = Tensor.Rand([256, 1], noise, DType.Float64).Gt(0.5).To(DType.Float64) * 2 - 1;
            var target = coin + Tensor.Randn([256, 1], noise, DType.Float64) * Deviation;
            var next = memory.Predict(memory.Recur(memory.Initial(256), Tensor.Full([256, 2], 10, DType.Float64))).Next;
            var loss = -next.Mixture.LogProb(target).Mean();
            adam.Step(loss);
            return loss.Item();
        }
        for (var i = 0; i < 300; i++) Step();
        var entropy = Math.Log(2) + 0.5 * Math.Log(2 * Math.PI * Math.E * Deviation * Deviation);
        Assert.InRange(Enumerable.Range(0, 20).Average(_ => Step()), entropy - 0.1, entropy + 0.15);
    }

    private static MdnRnn Make(MemoryConfig config, int latents = 4)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        return new(config, latents, 2, new Initializer(Device.Cpu, random) { DType = DType.Float64 });
    }

    private static long Count(MemoryConfig config, int latents, int actionSize)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var memory = new MdnRnn(config, latents, actionSize, new Initializer(Device.Cpu, random));
        return memory.ParameterCount;
    }

    private static long CountVae(int latents)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var vae = new Vae(new VaeConfig { Latents = latents }, new ImageSpace(), 32, DType.Float32, new Initializer(Device.Cpu, random));
        return vae.ParameterCount;
    }
}
