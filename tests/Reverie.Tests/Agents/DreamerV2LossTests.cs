using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>DreamerV2's objectives: their values, their gradients, which row belongs to which.</summary>
[NoTensorLeaks]
public sealed class DreamerV2LossTests
{
    private const ulong Seed = 7;
    private const double Gamma = 0.99, Lambda = 0.95, Entropy = 1e-3;
    private const int Horizon = SmallDreamerV2.Horizon;

    [Fact]
    public void EveryLossIsOfEveryRowAndTheTotalIsTheirScaledSum()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV2.Agent(SmallDreamerV2.Config.With((LossConfig l) => l with
        {
            Image = 0.5, Reward = 7, Kl = 3, Continue = 11,
        }));
        var losses = agent.ModelLosses(Seed, out _, out _, out _);
        Assert.Equal(["image", "reward", "continue", "kl"], losses.Keys);
        Assert.All(losses.Values, loss => Assert.Equal([SmallPlaNet.Length, SmallPlaNet.Batch], loss.Shape.ToArray()));
        var measures = agent.Update(SmallDreamerV2.Rows(), Seed);
        double Of(string name) => measures[$"loss_{name}"].Item();
        Near.Equal(0.5 * Of("image") + 7 * Of("reward") + 3 * Of("kl") + 11 * Of("continue"), measures["loss"], 1e-6);
    }

    /// <summary>In the agent, too, every balance has the value of the plain divergence, α of the gradient for the prior,
    /// the rest for the posterior.</summary>
    [Theory]
    [InlineData(0.8)]
    [InlineData(0)]
    [InlineData(1)]
    public void BalancingWeighsTheGradientsOfPriorAndPosterior(double alpha)
    {
        using var scope = new TensorScope();
        double[] Gradients(double balance, out double value)
        {
            using var agent = SmallDreamerV2.Agent(
                SmallDreamerV2.Config.With((LossConfig l) => l with { KlBalance = balance }));
            var kl = agent.ModelLosses(Seed, out _, out _, out var measures)["kl"].Mean();
            value = kl.Item();
            Near.Equal(value, measures["kl"], 1e-6);
            var heads = agent.Model.NamedParameters().Where(p => p.Name.EndsWith("logits.weight")).ToArray();
            Assert.Equal(
                ["dynamics.prior.logits.weight", "dynamics.posterior.logits.weight"], heads.Select(p => p.Name));
            var gradients = Reverie.Torch.Torch.Grad(kl, [.. heads.Select(p => p.Value)]);
            return [.. gradients.Select(gradient => gradient!.Norm().Item())];
        }
        // Half and half is half the gradient of the plain divergence on either side. What reaches the posterior's layer
        // also comes through later priors, so its part is compared at the ends alone.
        var (half, balanced) = (Gradients(0.5, out var plain), Gradients(alpha, out var value));
        Assert.Equal(plain, value, 1e-4);
        Assert.Equal(2 * alpha * half[0], balanced[0], 1e-5);
        Assert.Equal(alpha < 0.5, balanced[1] > half[1]);
    }

    [Fact]
    public void EachDirectionHasItsOwnFreeNats()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV2.Agent(SmallDreamerV2.Config.With((LossConfig l) => l with { FreeNats = 100 }));
        var losses = agent.ModelLosses(Seed, out _, out _, out var measures);
        Near.Equal(100, losses["kl"].Mean(), 1e-6);
        Assert.InRange(measures["kl"].Item(), 0, 50);               // what is logged is the divergence itself
    }

    [Fact]
    public void RewardsOfAnySizeArePredictedByTheirTanh()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamerV2.Agent(
            SmallDreamerV2.Config.With((ModelConfig m) => m with { RewardTransform = "tanh" }));
        var loss = agent.ModelLosses(Seed, out var posterior, out var batch, out _)["reward"];
        var mean = agent.Model.Reward.Forward(agent.Model.Dynamics.Feature(posterior)).Mean;
        var expected = (batch.Reward.Tanh() - mean).Square() * 0.5 + 0.9189385332046727;
        Near.Equal([.. expected.Flatten().ToArray<float>().Select(x => (double)x)], loss.Flatten(), 1e-5);
    }

    /// <summary>Both losses put together by hand, row by row, with the same noise; critic and slow critic
    /// differ.</summary>
    [Theory]
    [InlineData(true, "reinforce", 1)]
    [InlineData(true, "dynamics", 0)]
    [InlineData(true, "both", 0.3)]
    [InlineData(true, "auto", 1)]
    [InlineData(false, "auto", 0)]
    public void RowsBelongTogetherAsTheDiagramSays(bool choices, string gradient, double rho)
    {
        using var scope = new TensorScope();
        using var agent = Agent(choices, gradient, rho);
        agent.ModelLosses(Seed, out var posterior, out var batch, out _);
        var (actor, critic) = BehaviorLosses(agent, posterior, batch);

        using var noise = new Generator(Device.Cpu, Seed);
        var (model, count) = (agent.Model, SmallPlaNet.Length * SmallPlaNet.Batch);
        var imagined = Imagination.Rollout(model.Dynamics, posterior.FlattenTime(),
            feature => agent.Actor.Forward(feature, noise).Sample(noise), Horizon, noise);
        var features = imagined.Features;
        double[][] Rows(Tensor all) => [.. all.Unbind().Select(row => row.To(DType.Float64).ToArray<double>())];
        var (r, v) = (Rows(model.Reward.Forward(features).Mean), Rows(agent.SlowCritic.Forward(features).Mean));
        var (learned, d) = (Rows(agent.Critic.Forward(features).Mean), Rows(model.Continue!.Forward(features).Mean));
        var policy = agent.Actor.Forward(features.Narrow(0, 0, Horizon), noise);
        var (log, entropy) = (Rows(policy.LogProb(imagined.Actions!)), Rows(policy.Entropy()));
        var terminal = batch.Terminal.ToArray<float>();
        Assert.Equal(1, terminal.Sum());
        var (actorSum, criticSum) = (0.0, 0.0);
        for (var n = 0; n < count; n++)
        {
            d[0][n] = Gamma * (1 - terminal[n]);
            var t = new double[Horizon + 1];
            t[Horizon] = v[Horizon][n];
            for (var k = Horizon - 1; k >= 0; k--)
                t[k] = r[k][n] + d[k][n] * ((1 - Lambda) * v[k + 1][n] + Lambda * t[k + 1]);
            double Weight(int k) => Enumerable.Range(0, k).Aggregate(1.0, (product, j) => product * d[j][n]);
            for (var k = 0; k < Horizon; k++)
                criticSum += Weight(k) * (Math.Pow(learned[k][n] - t[k], 2) / 2 + 0.9189385332046727);
            for (var k = 0; k < Horizon - 1; k++)
                actorSum -= Weight(k) * (rho * log[k][n] * (t[k + 1] - v[k][n])
                    + (1 - rho) * t[k + 1] + Entropy * entropy[k][n]);
        }
        Near.Equal(criticSum / (count * Horizon), critic, Near.Float32);
        Near.Equal(actorSum / (count * (Horizon - 1)), actor, 1e-4);
    }

    /// <summary>Through the dynamics an actor learns only as far as its actions change what is imagined;
    /// REINFORCE compares actions by what came of them, and needs no such path.</summary>
    [Theory]
    [InlineData("dynamics", false)]
    [InlineData("reinforce", true)]
    [InlineData("both", true)]
    public void AModelThatIgnoresActionsTeachesOnlyByReinforce(string gradient, bool learns)
    {
        using var scope = new TensorScope();
        using var agent = Agent(choices: true, gradient, 0.5, entropy: 0);
        Assert.True(ActorGradient(agent) > 0);
        using (new NoGrad())
        {
            var input = agent.Model.NamedParameters().Single(p => p.Name == "dynamics.input.weight").Value;
            input.Narrow(1, agent.Model.Dynamics.StochSize, agent.Model.ActionSize).Zero_();
        }
        Assert.Equal(learns, ActorGradient(agent) > 0);
    }

    /// <summary>Without rewards and values only the entropy is left, and its gradient makes the policy less
    /// sure.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheBonusRaisesTheEntropy(bool choices)
    {
        using var scope = new TensorScope();
        using var agent = Agent(choices, "auto", 0, entropy: 1);
        using (new NoGrad())
        {
            foreach (var last in new Module[] { agent.Model.Reward, agent.SlowCritic }) last.Parameters()[^2].Zero_();
            agent.Actor.Parameters()[^1].Copy_(Tensor.FromArray<float>(choices ? [2, 0, 0, 0] : [0, 0, -2, -2], [4]));
        }
        var entropies = new List<double>();
        for (var step = 0; step < 30; step++)
        {
            agent.ModelLosses(Seed, out var posterior, out var batch, out _);
            using var noise = new Generator(Device.Cpu, Seed);
            var measures = new Dictionary<string, Tensor>();
            agent.Optimizers["actor"].LearningRate = 3e-3;
            agent.Optimizers["actor"].Step(agent.BehaviorLosses(posterior, batch.Terminal, noise, measures).Actor);
            entropies.Add(measures["actor_entropy"].Item());
        }
        Assert.True(entropies[^1] > entropies[0] + 0.02, $"{entropies[0]} → {entropies[^1]}");
    }

    /// <summary>What follows an end has no weight: the actor does not learn from it, the critic only what the end is
    /// worth.
    /// </summary>
    [Fact]
    public void NothingCountsAfterAnEnd()
    {
        using var scope = new TensorScope();
        using var agent = Agent(choices: true, "reinforce", 1, entropy: 0);
        agent.ModelLosses(Seed, out var posterior, out var batch, out _);
        var ended = batch with { Terminal = Tensor.Ones(batch.Terminal.Shape) };
        var (_, critic) = BehaviorLosses(agent, posterior, ended);
        var features = agent.Model.Dynamics.Feature(posterior);
        var reward = agent.Model.Reward.Forward(features).Mean;
        var expected = -agent.Critic.Forward(features).LogProb(reward).Mean() / Horizon;
        Near.Equal(expected.Item(), critic, 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NarrowImaginationIsNearTheExactOne(bool choices)
    {
        using var scope = new TensorScope();
        using var exact = Agent(choices, "auto", 0);
        using var narrow = Agent(choices, "auto", 0, precision: DType.BFloat16);
        exact.ModelLosses(Seed, out var posterior, out var batch, out _);
        var (a, b) = (BehaviorLosses(exact, posterior, batch), BehaviorLosses(narrow, posterior, batch));
        Assert.Equal((DType.Float32, DType.Float32), (b.Actor.DType, b.Critic.DType));
        Assert.NotEqual(a.Critic.Item(), b.Critic.Item());
        Assert.Equal(a.Critic.Item(), b.Critic.Item(), 0.05);
        Assert.True(ActorGradient(narrow) > 0);
    }

    private static DreamerV2 Agent(bool choices, string gradient, double rho, double entropy = Entropy,
        DType precision = DType.Float32)
    {
        var agent = SmallDreamerV2.Agent(
            SmallDreamerV2.Config.With((ActorConfig a) =>
                a with { Gradient = gradient, Reinforce = rho, Entropy = entropy }),
            precision, choices ? SmallDreamerV2.Choices : SmallPlaNet.Layout);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var random = new Generator(Device.Cpu, 11);
        foreach (var parameter in agent.SlowCritic.Parameters())        // else it were the critic itself
            parameter.Copy_(Tensor.Randn(parameter.Shape, random) * 0.5);
        return agent;
    }

    private static double ActorGradient(DreamerV2 agent)
    {
        agent.ModelLosses(Seed, out var posterior, out var batch, out _);
        var loss = BehaviorLosses(agent, posterior, batch).Actor;
        var gradients = Reverie.Torch.Torch.Grad(loss, agent.Actor.Parameters());
        return gradients.Sum(gradient => gradient?.Abs().Sum().Item() ?? 0);
    }

    private static (Tensor Actor, Tensor Critic) BehaviorLosses(
        DreamerV2 agent, LatentState posterior, ModelBatch batch)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        return agent.BehaviorLosses(posterior, batch.Terminal, noise, new Dictionary<string, Tensor>());
    }
}
