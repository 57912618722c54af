using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Dreamer's objectives: their values, their reductions, their scales.</summary>
[NoTensorLeaks]
public sealed class DreamerLossTests
{
    private const ulong Seed = 7;
    private const double Gamma = 0.9;

    private static readonly Config Ends = SmallDreamer.Config with
    {
        Model = SmallDreamer.Config.Model with { Continue = true },
        Imagination = new() { Horizon = SmallDreamer.Horizon, Discount = Gamma },
    };

    [Fact]
    public void EveryRowCountsAndTheDivergenceIsFreeInTheMean()
    {
        using var scope = new TensorScope();
        using var plain = SmallDreamer.Agent();
        var losses = ModelLosses(plain, out _, out var measures);
        Assert.Equal(["image", "reward", "kl"], losses.Keys);
        Assert.All(losses.Values, loss => Assert.Equal([SmallPlaNet.Length, SmallPlaNet.Batch], loss.Shape.ToArray()));
        var kl = losses["kl"].Mean().Item();
        Near.Equal(kl, measures["kl"], 1e-6);

        using var free = SmallDreamer.Agent(SmallDreamer.Config.With((LossConfig l) => l with { FreeNats = kl + 1 }));
        Near.Equal(kl + 1, ModelLosses(free, out _, out _)["kl"].Mean(), 1e-6);
        var single = SmallDreamer.Config.With((LossConfig l) => l with { FreeNats = kl, FreeNatsOver = "rows" });
        using var rows = SmallDreamer.Agent(single);
        var paid = ModelLosses(rows, out _, out _)["kl"].ToArray<float>();
        Assert.Contains(0, paid);
        Assert.Contains(paid, each => each > 0);
    }

    /// <summary>In the first row, which no posterior lies before: the prior is drawn as by the divergence itself, the
    /// posterior's own layers stand still.</summary>
    [Fact]
    public void OneMoreDivergenceDrawsThePriorAlone()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamer.Agent(
            SmallDreamer.Config.With((LossConfig l) => l with { KlPrior = 0.9, FreeNats = 0 }));
        var losses = ModelLosses(agent, out _, out _);
        Assert.Equal(["image", "reward", "kl", "kl_prior"], losses.Keys);
        Assert.Equal(losses["kl"].ToArray<float>(), losses["kl_prior"].ToArray<float>());
        double Moves(string loss, string part)
        {
            var parameters = agent.Model.NamedParameters().Where(p => p.Name.StartsWith(part, StringComparison.Ordinal));
            var gradients = Reverie.Torch.Torch.Grad(
                losses[loss][0].Sum(), [.. parameters.Select(p => p.Value)], keepGraph: true);
            return gradients.Sum(gradient => gradient?.Abs().Sum().Item() ?? 0);
        }
        Assert.Equal(Moves("kl", "dynamics.prior."), Moves("kl_prior", "dynamics.prior."), 1e-4);
        Assert.True(Moves("kl_prior", "dynamics.prior.") > 0 && Moves("kl", "dynamics.posterior.") > 0);
        Assert.Equal(0, Moves("kl_prior", "dynamics.posterior."));
    }

    /// <summary>γ where the episode goes on and 0 where it ended, as a cross-entropy with soft labels.</summary>
    [Fact]
    public void ContinuationIsLearnedWithTheDiscountInIt()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamer.Agent(Ends);
        var rows = SmallPlaNet.Rows();
        rows.IsTerminal[^1] = true;
        var loss = ModelLosses(agent, out var posterior, out _, rows)["continue"].ToArray<float>();
        var logits = agent.Model.Continue!.Forward(agent.Model.Dynamics.Feature(posterior)).Logits.ToArray<float>();
        for (var i = 0; i < loss.Length; i++)
        {
            var (target, p) = (i == loss.Length - 1 ? 0 : Gamma, 1 / (1 + Math.Exp(-logits[i])));
            Assert.Equal(-(target * Math.Log(p) + (1 - target) * Math.Log(1 - p)), loss[i], 1e-4);
        }
    }

    [Theory]
    [InlineData("reconstruction", "image reward kl continue")]
    [InlineData("contrastive", "image contrastive reward kl continue")]
    [InlineData("infonce", "image infonce reward kl continue")]
    [InlineData("reward_only", "image reward kl continue")]
    public void TheTotalIsTheScaledSum(string representation, string names)
    {
        var config = Ends.With((LossConfig loss) => loss with
        {
            Image = 0.5, Reward = 7, Kl = 3, Continue = 11, Representation = representation,
            Contrastive = loss.Contrastive with { Scale = 13 },
        });
        using var agent = SmallDreamer.Agent(config);
        using var scope = new TensorScope();
        var measures = agent.Update(SmallPlaNet.Rows(), Seed);
        double Of(string name) => measures.TryGetValue($"loss_{name}", out var loss) ? loss.Item() : 0;
        var told = measures.Keys.Where(name => name.StartsWith("loss_", StringComparison.Ordinal)).Select(name => name[5..]);
        Assert.Equal(names.Split(' ').Append("actor").Append("critic").Order(), told.Order());
        var expected = 0.5 * Of("image") + 7 * Of("reward") + 3 * Of("kl") + 11 * Of("continue")
            + 13 * (Of("contrastive") + Of("infonce"));
        Near.Equal(expected, measures["loss"], 1e-6);
    }

    /// <summary>The losses of the behaviour, put together from the parts by hand with the same noise.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ActorAndCriticLearnFromTheSameWeightedReturns(bool ends)
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamer.Agent(ends ? Ends : SmallDreamer.Config);
        ModelLosses(agent, out var posterior, out _);
        var (actor, critic) = BehaviorLosses(agent, posterior);

        using var noise = new Generator(Device.Cpu, Seed);
        var (model, rows) = (agent.Model, posterior.Stoch.Size(0) - (ends ? 1 : 0));
        var features = Imagination.Rollout(model.Dynamics, posterior.Narrow(0, rows).FlattenTime(),
            feature => agent.Actor.Forward(feature, noise).Sample(noise), SmallDreamer.Horizon, noise).Arrived;
        double[][] Rows(Tensor all) => [.. all.Unbind().Select(row => row.To(DType.Float64).ToArray<double>())];
        var (reward, value) = (Rows(model.Reward.Forward(features).Mean), Rows(agent.Critic.Forward(features).Mean));
        var discount = ends ? Rows(model.Continue!.Forward(features).Mean) : null;
        var (actorSum, criticSum, count) = (0.0, 0.0, 0);
        for (var n = 0; n < reward[0].Length; n++)
        {
            double D(int k) => discount?[k][n] ?? 0.99;
            var target = value[^1][n];
            for (var k = SmallDreamer.Horizon - 2; k >= 0; k--, count++)
            {
                target = reward[k][n] + D(k) * (0.05 * value[k + 1][n] + 0.95 * target);
                var weight = Enumerable.Range(0, k).Aggregate(1.0, (product, j) => product * D(j));
                actorSum -= weight * target;
                criticSum += weight * (Math.Pow(value[k][n] - target, 2) / 2 + 0.9189385332046727);
            }
        }
        Assert.Equal((SmallDreamer.Horizon - 1) * rows * SmallPlaNet.Batch, count);
        Near.Equal(actorSum / count, actor, Near.Float32);
        Near.Equal(criticSum / count, critic, Near.Float32);
    }

    /// <summary>The critic is read once for both losses: its own gradient is that of a second reading on features that
    /// are cut off, as the papers' code has it.</summary>
    [Fact]
    public void TheCriticsGradientIsThatOfFeaturesCutOff()
    {
        using var scope = new TensorScope();
        using var agent = SmallDreamer.Agent();
        ModelLosses(agent, out var posterior, out _);
        var gradients = Reverie.Torch.Torch.Grad(BehaviorLosses(agent, posterior).Critic, agent.Critic.Parameters());

        using var noise = new Generator(Device.Cpu, Seed);
        var features = Imagination.Rollout(agent.Model.Dynamics, posterior.FlattenTime(),
            feature => agent.Actor.Forward(feature, noise).Sample(noise), SmallDreamer.Horizon, noise).Arrived.Detach();
        var (reward, value) = (agent.Model.Reward.Forward(features).Mean, agent.Critic.Forward(features).Mean);
        var discount = Tensor.Full(value.Shape, 0.99);
        var returns = LambdaReturn.Estimate(SmallDreamer.Config.Imagination, reward, value, discount).Detach();
        var rows = returns.Size(0);
        var weights = LambdaReturn.Weights(discount.Narrow(0, 0, rows));
        var loss = -(weights * agent.Critic.Forward(features.Narrow(0, 0, rows)).LogProb(returns)).Mean();
        foreach (var (expected, actual) in Reverie.Torch.Torch.Grad(loss, agent.Critic.Parameters()).Zip(gradients))
            Near.Equal([.. expected!.ToArray<float>().Select(each => (double)each)], actual!, 1e-5);
    }

    [Fact]
    public void NarrowImaginationIsNearTheExactOne()
    {
        using var scope = new TensorScope();
        using var exact = SmallDreamer.Agent();
        using var narrow = SmallDreamer.Agent(precision: DType.BFloat16);
        ModelLosses(exact, out var posterior, out _);
        var (a, b) = (BehaviorLosses(exact, posterior), BehaviorLosses(narrow, posterior));
        Assert.Equal((DType.Float32, DType.Float32), (b.Actor.DType, b.Critic.DType));
        Assert.NotEqual(a.Actor.Item(), b.Actor.Item());
        Assert.Equal(a.Actor.Item(), b.Actor.Item(), 0.02);
        Assert.Equal(a.Critic.Item(), b.Critic.Item(), 0.02);
    }

    private static Dictionary<string, Tensor> ModelLosses(Dreamer agent, out LatentState posterior,
        out Dictionary<string, Tensor> measures, SequenceBatch? rows = null)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        measures = [];
        var batch = ModelBatch.From(rows ?? SmallPlaNet.Rows(), Device.Cpu);
        return agent.ModelLosses(agent.Model.Preprocess(batch, (long)Seed), noise, measures, out posterior);
    }

    private static (Tensor Actor, Tensor Critic) BehaviorLosses(Dreamer agent, LatentState posterior)
    {
        using var noise = new Generator(Device.Cpu, Seed);
        return agent.BehaviorLosses(posterior, noise, new Dictionary<string, Tensor>());
    }
}
