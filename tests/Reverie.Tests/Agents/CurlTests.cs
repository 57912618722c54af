using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;
using static Reverie.Torch.Tensor;

namespace Reverie.Tests.Agents;

[NoTensorLeaks]
public sealed class CurlTests
{
    private const int Chunks = 5, Side = 18;

    private static readonly EpisodeLayout Layout = new(new ImageSpace(20, 24, 3), 0, 2);

    /// <summary>The actor's loss moves no encoder but its own head, the contrast the critics' encoder and W alone; nothing moves
    /// what follows.</summary>
    [Theory]
    [InlineData("critic", "convolutions head critic_1 critic_2")]
    [InlineData("contrast", "convolutions head scores")]
    [InlineData("actor", "actor actor_head")]
    [InlineData("temperature", "temperature")]
    public void ALossMovesThesePartsAndNoOthers(string loss, string parts)
    {
        using var scope = new TensorScope();
        using var agent = Agent();
        using var noise = new Generator(Device.Cpu, 1);
        var (rows, measures) = (new TransitionBatch(Layout, Chunks), new Dictionary<string, Tensor>());
        rows.Take(Batch(), 0.99);
        var maps = ((ControlConvolutions)agent.Modules["convolutions"]).Forward(Pictures(1));
        var features = ((ControlHead)agent.Modules["head"]).Forward(maps);
        var value = loss switch
        {
            "critic" => agent.CriticLoss(features, Pictures(2), rows, noise, measures),
            "contrast" => agent.ContrastLoss(features, Pictures(3), measures),
            "actor" => agent.ActorLosses(maps.Detach(), features.Detach(), rows, noise, measures).Actor,
            _ => agent.ActorLosses(maps.Detach(), features.Detach(), rows, noise, measures).Temperature,
        };
        foreach (var (name, module) in agent.Modules)
        {
            // The actor's gradient passes through the critics, which its optimizer does not hold.
            if (loss == "actor" && name.StartsWith("critic", StringComparison.Ordinal)) continue;
            var gradients = Reverie.Torch.Torch.Grad(value, module.Parameters(), keepGraph: true);
            var moves = gradients.Count(one => one is not null && one.Abs().Sum().Item() > 0);
            Assert.Equal(parts.Split(' ').Contains(name) ? gradients.Length : 0, moves);
        }
        Assert.Equal(parts.Split(' ').Sum(part => 2 * agent.Modules[part].Parameters().Length), agent.Optimizers[loss].State.Count());
    }

    [Fact]
    public void EveryOtherUpdateActorAndTemperatureLearnAndTargetsFollow()
    {
        using var agent = Agent("critic.slow_every=2");
        string[] always = ["convolutions", "head", "critic_1", "critic_2", "scores"];
        string[] others = ["actor", "actor_head", "temperature", "slow_convolutions", "slow_head", "slow_critic_1", "slow_critic_2"];
        string[]? names = null;
        for (ulong update = 0; update < 4; update++)
        {
            var before = agent.Modules.ToDictionary(one => one.Key, one => Numbers(one.Value));
            using var scope = new TensorScope();
            var measures = agent.Update(Batch(update), update);
            Assert.All(measures.Values, one => Assert.True(double.IsFinite(one.Item())));
            Assert.Equal(names ??= [.. measures.Keys], measures.Keys);
            foreach (var (name, module) in agent.Modules)
            {
                // In the first one there is nothing yet that slow networks could follow.
                if (update == 0 && name.StartsWith("slow", StringComparison.Ordinal)) continue;
                Assert.Equal(always.Contains(name) || update % 2 == 0, !before[name].SequenceEqual(Numbers(module)));
            }
        }
        Assert.Equal(agent.Modules.Keys.Order(), always.Concat(others).Order());
    }

    /// <summary>I-38, I-35: W of zeros tells nothing; the loss is that of the definition.</summary>
    [Fact]
    public void TheContrastIsTheCrossEntropyOfBilinearScores()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var bilinear = new BilinearScores(4, new Initializer(Device.Cpu, random) { DType = DType.Float64 });
        var (q, k) = (Randn([6, 4], random, DType.Float64), Randn([6, 4], random, DType.Float64));
        var weight = bilinear.Parameters()[0];
        Assert.All(weight.ToArray<double>(), one => Assert.InRange(one, 0, 1));
        var (queries, keys, w) = (q.ToArray<double>(), k.ToArray<double>(), weight.ToArray<double>());
        var due = new double[6];
        for (var n = 0; n < 6; n++)
        {
            var scores = Enumerable.Range(0, 6).Select(m => Enumerable.Range(0, 16).Sum(i =>
                queries[4 * n + i / 4] * w[i] * keys[4 * m + i % 4])).ToArray();
            due[n] = Math.Log(scores.Sum(Math.Exp)) - scores[n];
        }
        Near.Equal(due, Reverie.Models.Representations.InfoNce.CrossEntropy(bilinear.Forward(q, k)), 1e-9);

        using var agent = Agent();
        using (new NoGrad()) agent.Modules["scores"].Parameters()[0].Zero_();
        var features = ((ControlHead)agent.Modules["head"]).Forward(
            ((ControlConvolutions)agent.Modules["convolutions"]).Forward(Pictures(1)));
        Assert.Equal(Math.Log(Chunks), agent.ContrastLoss(features, Pictures(2), new Dictionary<string, Tensor>()).Item(), 1e-5);
    }

    /// <summary>The density of tanh(u) is that of u over 1 − tanh² u; deviations are within e^−10 and e².</summary>
    [Fact]
    public void LogProbabilitiesAreThoseOfTheSquashedAction()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var actor = new SquashedActor(3, 2, [8], "relu", new Initializer(Device.Cpu, random) { DType = DType.Float64 });
        var features = Randn([50, 3], random, DType.Float64) * 20;
        var policy = actor.Forward(features, random);
        var noise = Randn([50, 2], random, DType.Float64);
        var (zero, one) = (policy.FromNoise(Zeros([50, 2], DType.Float64)), policy.FromNoise(Ones([50, 2], DType.Float64)));
        var (mean, std) = (zero.ToArray<double>(), (one - zero).ToArray<double>());
        Assert.All(std, each => Assert.InRange(each, Math.Exp(-10) * 0.999, Math.Exp(2) * 1.001));
        Assert.True(std.Min() < 0.05 && std.Max() > 1);
        var before = policy.FromNoise(noise);
        var (u, found) = (before.ToArray<double>(), policy.LogProbBefore(before).ToArray<double>());
        for (var n = 0; n < 50; n++)
        {
            var due = 0.0;
            for (var i = 2 * n; i < 2 * n + 2; i++)
                due += -Math.Pow((u[i] - mean[i]) / std[i], 2) / 2 - Math.Log(std[i]) - Math.Log(2 * Math.PI) / 2
                    + 2 * Math.Log(Math.Cosh(u[i]));
            // From u = 19 on cosh squared is all that float64 has digits for; 1 − tanh² u would be 0 there.
            Assert.Equal(due, found[n], 1e-6 * Math.Max(1, Math.Abs(due)));
        }
    }

    /// <summary>α rises where the policy has less entropy than is asked for, and falls where it has more.</summary>
    [Theory]
    [InlineData(-3.0, -1)]
    [InlineData(0.5, 1)]
    public void TheTemperatureGoesWhereEntropyIsMissing(double entropy, int sign)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 3);
        using var temperature = new Temperature(0.1, new Initializer(Device.Cpu, random));
        Assert.Equal(0.1, temperature.Value.Item(), 1e-6);
        var loss = temperature.Loss(FromArray([-(float)entropy, -(float)entropy], [2]), -1);
        Assert.Equal(0.1 * (entropy + 1), loss.Item(), 1e-6);
        Assert.Equal(sign, Math.Sign(Reverie.Torch.Torch.Grad(loss, temperature.Parameters())[0]!.Item()));
    }

    [Fact]
    public void ItActsOnTheMiddleOfPictures()
    {
        using var agent = Agent();
        using var state = agent.Begin(1, 1);
        var random = new RandomSource(5);
        var picture = new byte[Layout.ImageSize];
        for (var i = 0; i < picture.Length; i++) picture[i] = (byte)random.NextInt(256);
        var action = Act();
        Assert.NotEqual(action, Act(ActMode.Collect));
        // The crop of 18 lies in lines 1 to 18 and columns 3 to 20.
        foreach (var (line, column, matters) in new[]
        {
            (0, -1, false), (19, -1, false), (-1, 2, false), (-1, 21, false), (2, -1, true), (16, -1, true), (-1, 4, true),
            (-1, 18, true),
        })
        {
            Flip(line, column);
            Assert.Equal(matters, !action.SequenceEqual(Act()));
            Flip(line, column);
        }

        void Flip(int line, int column)
        {
            for (var i = 0; i < picture.Length; i++)
                if (i / 72 == line || i / 3 % 24 == column) picture[i] ^= 0xFF;
        }

        float[] Act(ActMode mode = ActMode.Evaluate) => agent.Act([new() { Image = picture }], state, mode);
    }

    [Theory]
    [InlineData(0, 2, false, "model.crop = 18 does not fit into pictures of 16x16; set it to less, or environment.picture to more")]
    [InlineData(3, 2, false, "agent = curl learns from pictures alone; the environment gives")]
    [InlineData(0, 4, true, "agent = curl learns continuous actions alone, and the environment takes 4 one-hot")]
    public void WhatDoesNotFitIsRefusedInALine(int vector, int actions, bool oneHot, string line) => Assert.StartsWith(line,
        Assert.Throws<ConfigurationException>(() => Agent(new EpisodeLayout(new ImageSpace(16, 16, 3), vector, actions, oneHot))).Message);

    private static Curl Agent(params string[] set) => Agent(Layout, set);

    private static Curl Agent(EpisodeLayout layout, params string[] set) => new(ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack("curl,tiny"),
        Overrides = [.. set.Append($"model.crop={Side}").Select(ConfigOverride.Parse)],
    }).Config, layout, Device.Cpu);

    private static Tensor Pictures(ulong seed)
    {
        using var random = new Generator(Device.Cpu, seed);
        return (Rand([Chunks, 3, Side, Side], random) * 255).To(DType.UInt8);
    }

    private static SequenceBatch Batch(ulong seed = 1)
    {
        var (batch, random) = (new SequenceBatch(Layout, 2, Chunks), new RandomSource(seed));
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        foreach (var numbers in new[] { batch.Action, batch.Reward })
            for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)random.NextDouble(-1, 1);
        return batch;
    }

    private static float[] Numbers(Module module) =>
        [.. module.Parameters().SelectMany(parameter => parameter.ToArray<float>())];
}
