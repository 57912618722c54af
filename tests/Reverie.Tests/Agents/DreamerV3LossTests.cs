using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>The numbers of DreamerV3's losses, against values worked out by hand in float64.</summary>
[NoTensorLeaks]
public sealed class DreamerV3LossTests
{
    private const double Gamma = 1 - 1.0 / 333;

    [Fact]
    public void ReturnsTakeTheRewardOfTheNextRowAndWeightsTheContinuationOfTheirOwn()
    {
        using var scope = new TensorScope();
        var (returns, weight) = LambdaReturn.Imagined(
            Row(9, 1, 2, 3), Row(0.997, 0.997, 0.5, 0.997), Row(10, 11, 12, 13), 0.95);
        Near([10.907589, 9.881475, 15.961], returns);
        Near([0.997, 0.994009, 0.4970045], weight);
    }

    [Theory]
    [InlineData(0, 14.774277, 13.963964, 12.960961)]
    [InlineData(1, 3.442643, 2.0, 12.960961)]
    public void ReplayedReturnsBootstrapAtATimeLimitAndNotAtATrueEnd(double terminal, params double[] expected)
    {
        using var scope = new TensorScope();
        var imagination = new ImaginationConfig { Discount = Gamma, Lambda = 0.95 };
        Near(expected, LambdaReturn.Replayed(
            Row(0, 1, 2, 0), Row(0, 0, terminal, 0), Row(0, 0, 1, 0), Row(10, 11, 12, 13), imagination));
    }

    [Fact]
    public void TheScaleOfReturnsFollowsTheirPercentilesSlowlyAndIsAtLeastOne()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var scale = new ReturnScale(new Initializer(Device.Cpu, random));
        var returns = Tensor.Arange(0, 101).Reshape(1, 101);
        (double Low, double High, double Scale)[] expected =
            [(0.05, 0.95, 1), (0.0995, 1.8905, 1.791), (0.148505, 2.821595, 2.67309)];
        foreach (var (low, high, due) in expected)
        {
            Assert.Equal(due, scale.Update(returns).Item(), 1e-5);
            Assert.Equal(low, scale.Range.Low, 1e-5);
            Assert.Equal(high, scale.Range.High, 1e-5);
        }
    }

    [Fact]
    public void TheResetGateMultipliesTheWholeCandidateAndTheUpdateGateBeginsNearlyClosed()
    {
        using var scope = new TensorScope();
        Assert.Equal(0.264903, NormGruCell.Combine(Row(0.2, -0.3, 0.4).Unsqueeze(0), Row(0.5).Unsqueeze(0)).Item(), 1e-6);
    }

    [Theory]
    [InlineData(0.01, 0.573066)]
    [InlineData(0, 0.585238)]
    public void DivergencesAreOfTheMixedDistributions(double unimix, double expected)
    {
        using var scope = new TensorScope();
        var posterior = new CategoricalLatent(Row(2, 0, 0, -1).Unsqueeze(0), 4, unimix);
        Assert.Equal(expected, Kl.Divergence(posterior.Distribution, posterior.Standard.Distribution).Item(), 1e-6);
    }

    /// <summary>Both heads start with the same weight on all numbers, which is a prediction of exactly 0.</summary>
    [Fact]
    public void RewardsAndValuesAreZeroAtFirst()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV3.Agent();
        using var noise = new Generator(Device.Cpu, 1);
        var losses = agent.ModelLosses(agent.Batch(), noise, new Dictionary<string, Tensor>(), out var posterior);
        var features = agent.Model.Dynamics.Feature(posterior);
        Assert.All(losses["reward"].ToArray<float>(), loss => Assert.Equal(Math.Log(255), loss, 1e-4));
        Assert.All(agent.Model.Reward.Forward(features).Mean.ToArray<float>(), reward => Assert.Equal(0, reward));
        Assert.All(agent.Critic.Forward(features).Mean.ToArray<float>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void LossesAreRowsByChunks()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of("model.encoder=both"), SmallPlaNet.LayoutOf("both"));
        using var noise = new Generator(Device.Cpu, 1);
        var losses = agent.ModelLosses(agent.Batch(), noise, new Dictionary<string, Tensor>(), out _);
        Assert.Equal(["continue", "image", "kl_posterior", "kl_prior", "reward", "vector"], losses.Keys.Order());
        Assert.All(losses.Values, loss => Assert.Equal([SmallPlaNet.Length, SmallPlaNet.Batch], loss.Shape.ToArray()));
    }

    /// <summary>Nats are free after the sum over the variables, not for each of them.</summary>
    [Fact]
    public void OneNatIsFreeOnEveryRow()
    {
        using var scope = new TensorScope();
        var paid = Losses(1);
        Assert.Equal(paid["kl_prior"].ToArray<float>(), paid["kl_posterior"].ToArray<float>());
        var whole = Losses(0)["kl_prior"].ToArray<float>();
        Assert.Contains(whole, nats => nats > 1);
        Assert.Contains(whole, nats => nats < 1);
        foreach (var (nats, cost) in whole.Zip(paid["kl_prior"].ToArray<float>()))
            Assert.Equal(Math.Max(1, nats), 1 + cost, 1e-6);

        Dictionary<string, Tensor> Losses(double free)
        {
            using var agent = SmallDreamerV3.Agent(SmallDreamerV3.Of($"loss.free_nats={free}"));
            using var noise = new Generator(Device.Cpu, 1);
            return agent.ModelLosses(agent.Batch(), noise, new Dictionary<string, Tensor>(), out _);
        }
    }

    /// <summary>(x − μ)² of colours in [0, 1] without a half: the scale of 2 takes it away.</summary>
    [Fact]
    public void ThePictureLossIsTheSumOfSquares()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV3.Agent();
        using var noise = new Generator(Device.Cpu, 1);
        var batch = agent.Batch();
        var loss = agent.ModelLosses(batch, noise, new Dictionary<string, Tensor>(), out var posterior)["image"];
        var drawn = agent.Model.Decode(agent.Model.Dynamics.Feature(posterior))["image"].Mean + 0.5;
        Assert.InRange(drawn.Min().Item(), 0, 0.5);
        Assert.InRange(drawn.Max().Item(), 0.5, 1);
        var squares = (drawn - (batch.Seen.Image! + 0.5)).Square().Flatten(1).Sum(-1);
        // Constants of the density apart, which no gradient sees.
        var constant = 0.5 * Math.Log(2 * Math.PI) * 64 * 64 * 3;
        Assert.Equal(2, SmallDreamerV3.Config.Loss.Image);
        foreach (var (half, whole) in loss.Flatten().ToArray<float>().Zip(squares.ToArray<float>()))
            Assert.Equal(whole, 2 * (half - constant), whole * 1e-4 + 0.02);
    }

    /// <summary>A chunk that begins in the middle of a stream goes on from the latent that was kept of the row before.
    /// </summary>
    [Fact]
    public void AChunkGoesOnFromTheLatentBeforeIt()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV3.Agent();
        var batch = agent.Batch();
        var dynamics = agent.Model.Dynamics;
        var embed = agent.Model.Embed(batch.Seen).Reshape(SmallPlaNet.Length, SmallPlaNet.Batch, -1);
        using var random = new Generator(Device.Cpu, 5);
        var noise = dynamics.Noise([SmallPlaNet.Length, SmallPlaNet.Batch], random);
        var start = dynamics.Initial(SmallPlaNet.Batch) with { Deter = batch.Deter!, Stoch = batch.Stoch! };
        var (whole, _) = dynamics.Observe(embed, batch.Action, batch.Continues, start, noise);
        var (rest, _) = dynamics.Observe(embed.Narrow(0, 1, 4), batch.Action.Narrow(0, 1, 4),
            batch.Continues!.Narrow(0, 1, 4), whole.Map(part => part[0]), noise.Narrow(0, 1, 4));
        Assert.Equal(whole.Deter.Narrow(0, 1, 4).Contiguous().ToArray<float>(), rest.Deter.ToArray<float>());
        // Row 2 of the first chunk begins an episode: neither the state before it nor its action counts.
        var zero = dynamics.Initial(SmallPlaNet.Batch);
        var alone = dynamics.PriorStep(zero, Tensor.Zeros([SmallPlaNet.Batch, SmallPlaNet.ActionSize]), null);
        Assert.Equal(alone.Deter[0].ToArray<float>(), whole.Deter[2][0].Contiguous().ToArray<float>());
        Assert.NotEqual(alone.Deter[1].ToArray<float>(), whole.Deter[2][1].Contiguous().ToArray<float>());
    }

    [Fact]
    public void ActionsBeyondTheirBoundsCountAsTheBounds()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV3.Agent();
        var dynamics = agent.Model.Dynamics;
        var zero = dynamics.Initial(1);
        float[] Deter(float first, float second) =>
            dynamics.PriorStep(zero, Tensor.FromArray([first, second], [1, 2]), null).Deter.ToArray<float>();
        Assert.Equal(Deter(1, -1), Deter(3, -7));
        Assert.NotEqual(Deter(1, -1), Deter(0.5f, -1));
    }

    private static Tensor Row(params double[] values) => Tensor.FromArray(values, [values.Length]).To(DType.Float32);

    private static void Near(double[] expected, Tensor actual)
    {
        foreach (var (due, found) in expected.Zip(actual.ToArray<float>(), (due, found) => (due, found)))
            Assert.Equal(due, found, 2e-5);
        Assert.Equal(expected.Length, actual.Numel);
    }
}
