using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>The terms of PlaNet's bound: their values, their reductions, their scales.</summary>
[NoTensorLeaks]
public sealed class PlaNetLossTests
{
    private const ulong Seed = 7;

    [Fact]
    public void ImagesAreSummedOverPixelsWithTheConstantOfTheGaussian()
    {
        using var agent = SmallPlaNet.Agent();
        using var scope = new TensorScope();
        var image = Losses(agent)["image"];
        Assert.Equal([SmallPlaNet.Length, SmallPlaNet.Batch], image.Shape.ToArray());

        var (seen, posterior, _) = Observe(agent);
        var mean = agent.Model.Decode(agent.Model.Dynamics.Feature(posterior))["image"].Mean;
        var residual = (mean - seen.Image!).To(DType.Float64).Square().Sum([1, 2, 3]) * 0.5;
        Near.Equal(Doubles(residual + 11291.916696019018), image.Reshape(-1), Near.Float32);
    }

    [Theory]
    [InlineData("vector", "vector reward kl")]
    [InlineData("both", "image vector reward kl")]
    public void VectorsAreScoredOnTheSymlogScaleBesideThePictures(string encoder, string terms)
    {
        var layout = SmallPlaNet.LayoutOf(encoder);
        using var agent = SmallPlaNet.Agent(layout: layout);
        using var scope = new TensorScope();
        var losses = Losses(agent);
        Assert.Equal(terms.Split(' '), losses.Keys);
        Assert.Equal([SmallPlaNet.Length, SmallPlaNet.Batch], losses["vector"].Shape.ToArray());

        var (_, posterior, _) = Observe(agent);
        var mean = agent.Model.Decode(agent.Model.Dynamics.Feature(posterior))["vector"].Mean.ToArray<float>();
        var truth = SmallPlaNet.Rows(layout: layout).Vector;
        var expected = truth.Zip(mean, (x, m) => Math.Pow(Math.Sign(x) * Math.Log(1 + Math.Abs(x)) - m, 2) / 2)
            .Chunk(layout.VectorSize).Select(row => row.Sum() + layout.VectorSize * 0.9189385332046727);
        Near.Equal([.. expected], losses["vector"].Reshape(-1), Near.Float32);
    }

    [Fact]
    public void RewardsAreScoredByAUnitGaussianOnEveryRow()
    {
        using var agent = SmallPlaNet.Agent();
        using var scope = new TensorScope();
        var (_, posterior, _) = Observe(agent);
        var target = Batch().Reward;
        var mean = agent.Model.Reward.Forward(agent.Model.Dynamics.Feature(posterior)).Mean;
        var expected = (mean - target).Square() * 0.5 + 0.9189385332046727;
        Near.Equal(Doubles(expected), Losses(agent)["reward"].Reshape(-1), Near.Float32);
    }

    [Fact]
    public void FreeNatsCountOnEveryRowBeforeAnyMean()
    {
        using var scope = new TensorScope();
        using var all = SmallPlaNet.Agent();
        var kl = Losses(all)["kl"].Detach();
        var free = kl.Mean().Item();                                            // some rows below it, some above
        using var some = SmallPlaNet.Agent(SmallPlaNet.Config.With((LossConfig loss) => loss with { FreeNats = free }));
        var shifted = Losses(some)["kl"];
        Near.Equal([.. Doubles(kl).Select(nats => Math.Max(0, nats - free))], shifted.Reshape(-1), 1e-5);
        var counts = Doubles(shifted.Detach().Gt(0).To(DType.Float32)).Sum();
        Assert.InRange(counts, 1, SmallPlaNet.Length * SmallPlaNet.Batch - 1);

        var (_, posterior, prior) = Observe(some);
        Near.Equal(Doubles(posterior.KlTo(prior)), kl.Reshape(-1), 1e-5);
    }

    [Fact]
    public void TheTotalIsTheScaledMeansAndEveryTermHasAScale()
    {
        var config = SmallPlaNet.Config.With((LossConfig loss) => loss with
        {
            Image = 0.5, Vector = 20, Reward = 7, Kl = 3, GlobalPrior = 0.25, Overshooting = new() { Distance = 3, Reward = 11 },
        });
        using var agent = SmallPlaNet.Agent(config, layout: SmallPlaNet.LayoutOf("both"));
        using var scope = new TensorScope();
        var measures = agent.Update(SmallPlaNet.Rows(layout: SmallPlaNet.LayoutOf("both")), Seed);
        double Of(string name) => measures[$"loss_{name}"].Item();
        Assert.Equal(7, measures.Keys.Count(name => name.StartsWith("loss_", StringComparison.Ordinal)));
        var expected = 0.5 * Of("image") + 20 * Of("vector") + 7 * Of("reward") + 3 * Of("kl") + 3 * Of("overshooting")
            + 0.25 * Of("global_prior") + 11 * Of("overshooting_reward");
        Near.Equal(expected, measures["loss"], 1e-6);
    }

    [Fact]
    public void DefaultScalesAreThoseOfTheCodeBehindThePaper()
    {
        var loss = new Config().Loss;
        Assert.Equal((1, 10, 1, 3, 0), (loss.Image, loss.Reward, loss.Kl, loss.FreeNats, loss.GlobalPrior));
        Assert.Equal(1, loss.Overshooting.Distance);
    }

    [Fact]
    public void OvershootingLeavesTheOtherTermsAsTheyAre()
    {
        using var scope = new TensorScope();
        using var plain = SmallPlaNet.Agent();
        using var beyond = SmallPlaNet.Agent(Distance(4));
        var (without, with) = (Losses(plain), Losses(beyond));
        Assert.Equal(["image", "reward", "kl"], without.Keys);
        Assert.Equal(["image", "reward", "kl", "overshooting"], with.Keys);
        foreach (var (name, loss) in without) Assert.Equal(loss.ToArray<float>(), with[name].ToArray<float>());
    }

    /// <summary>Means over rows, then over distances, of the roll-outs themselves; a reset in one chunk.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void OvershootingIsTheMeanOverDistancesOfMaskedMeans(int? reset)
    {
        using var scope = new TensorScope();
        const double Free = 0.05;
        double[] betas = [.5, 1, 2, 3];
        using var agent = SmallPlaNet.Agent(Distance(4, betas).With((LossConfig l) => l with { FreeNats = Free }));
        var losses = Losses(agent, reset);
        var terms = Rollout(agent, 4, reset).Select(step =>
            Masked((step.Target.KlTo(step.Prior) - Free).Relu(), step.Valid) * betas[step.Distance - 1]);
        Near.Equal(terms.Average(), losses["overshooting"], 1e-5);

        using var single = SmallPlaNet.Agent(SmallPlaNet.Config.With((LossConfig l) => l with { FreeNats = Free }));
        Near.Equal([.. Doubles(Losses(single, reset)["kl"]).Select(kl => kl * .5)], losses["kl"].Reshape(-1), 1e-5);

        static double Masked(Tensor values, Tensor? valid)
        {
            var (all, counts) = (Doubles(values), valid is null ? null : Doubles(valid));
            return all.Where((_, i) => counts is null || counts[i] == 1).Average();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void FixedOvershootingIsOneDistanceInPlaceOfTheFirst(int distance)
    {
        using var scope = new TensorScope();
        using var agent = SmallPlaNet.Agent(SmallPlaNet.Config.With((LossConfig loss) =>
            loss with { Overshooting = new() { Distance = distance, Fixed = true } }));
        var losses = Losses(agent);
        Assert.Equal(["image", "reward", "kl"], losses.Keys);
        var only = Rollout(agent, distance, null).Single(step => step.Distance == distance);
        Near.Equal(Doubles(only.Target.KlTo(only.Prior)).Average(), losses["kl"], 1e-5);
    }

    [Fact]
    public void RewardsBeyondAreScoredOnThePriorsOfTheirRows()
    {
        using var scope = new TensorScope();
        using var agent = SmallPlaNet.Agent(SmallPlaNet.Config.With((LossConfig loss) =>
            loss with { Overshooting = new() { Distance = 3, Reward = 1 } }));
        var target = Batch().Reward;
        var terms = Rollout(agent, 3, null).Select(step => -agent.Model.Reward.Forward(
            agent.Model.Dynamics.Feature(step.Prior)).LogProb(target.Narrow(0, step.Distance - 1, step.Prior.Mean.Size(0))))
            .Select(values => Doubles(values).Average());
        Near.Equal(terms.Average(), Losses(agent)["overshooting_reward"], 1e-5);
    }

    [Fact]
    public void NarrowConvolutionsGiveTheSameLossesWithinPercents()
    {
        using var scope = new TensorScope();
        using var exact = SmallPlaNet.Agent();
        using var narrow = SmallPlaNet.Agent(precision: DType.BFloat16);
        foreach (var (p, q) in exact.Model.Parameters().Zip(narrow.Model.Parameters()))
            Assert.Equal(p.ToArray<float>(), q.ToArray<float>());
        var (a, b) = (Losses(exact), Losses(narrow));
        Assert.Equal(DType.BFloat16, narrow.Model.Decode(Tensor.Zeros([1, exact.Model.Dynamics.FeatureSize]))["image"].Mean.DType);
        Assert.NotEqual(a["kl"].Mean().Item(), b["kl"].Mean().Item());
        foreach (var (name, offset) in new[] { ("image", 11291.916696), ("reward", 0.9189385), ("kl", 0) })
        {
            Assert.Equal(DType.Float32, b[name].DType);
            var (expected, actual) = (a[name].Mean().Item() - offset, b[name].Mean().Item() - offset);
            Assert.InRange(actual / expected, 0.97, 1.03);
        }
    }

    private static Config Distance(int distance, double[]? betas = null) => SmallPlaNet.Config.With((LossConfig loss) =>
        loss with { Overshooting = new() { Distance = distance, Betas = betas ?? [] } });

    private static ModelBatch Batch(int? reset = null, PlaNet? agent = null) =>
        ModelBatch.From(SmallPlaNet.Rows(reset: reset, layout: agent?.Model.Layout), Device.Cpu);

    private static Dictionary<string, Tensor> Losses(PlaNet agent, int? reset = null)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        return agent.Losses(agent.Model.Preprocess(Batch(reset, agent), (long)Seed), noise, out _);
    }

    private static (Observation Seen, LatentState Posterior, LatentState Prior) Observe(PlaNet agent)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        var batch = Batch(agent: agent);
        var seen = agent.Model.Preprocess(batch.Seen, (long)Seed);
        var (posterior, prior) = agent.Model.Observe(seen, batch, noise);
        return (seen, posterior, prior);
    }

    // The roll-outs that the loss makes, with the same noise.
    private static Overshooting.Step[] Rollout(PlaNet agent, int distance, int? reset)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        var batch = Batch(reset);
        var (posterior, _) = agent.Model.Observe(agent.Model.Preprocess(batch.Seen, (long)Seed), batch, noise);
        return [.. Overshooting.Rollout(agent.Model.Dynamics, posterior, batch.Action, batch.Continues, distance,
            rows => Tensor.Randn([rows, agent.Model.Dynamics.StochSize], noise))];
    }

    private static double[] Doubles(Tensor values) => values.To(DType.Float64).ToArray<double>();
}
