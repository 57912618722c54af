using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Which loss moves which part of DreamerV2, and how the slow critic follows the other.</summary>
[NoTensorLeaks]
public sealed class DreamerV2BarrierTests
{
    private const string Transition = "model.dynamics.input model.dynamics.gru";
    private const string Latents =
        $"model.encoder {Transition} model.dynamics.posterior_hidden model.dynamics.posterior";
    private const string Prior = "model.dynamics.prior_hidden model.dynamics.prior";

    [Theory]
    [InlineData("image", 0.8, $"{Latents} model.decoder")]
    [InlineData("reward", 0.8, $"{Latents} model.reward")]
    [InlineData("continue", 0.8, $"{Latents} model.continue")]
    [InlineData("kl", 0.8, $"{Latents} {Prior}")]
    [InlineData("kl", 0.0, Latents)]                        // all for the posterior: the prior's own layers stand still
    [InlineData("kl", 1.0, $"{Latents} {Prior}")]           // all for the prior, which sees the posteriors before it
    public void AModelLossMovesThesePartsAndNoOthers(string loss, double balance, string parts)
    {
        using var agent = SmallDreamerV2.Agent(
            SmallDreamerV2.Config.With((LossConfig l) => l with { KlBalance = balance }));
        using var scope = new TensorScope();
        AssertMoves(agent, agent.ModelLosses(3, out _, out _, out _)[loss].Sum(), parts, loss);
    }

    /// <summary>The actor's gradient through the dynamics passes through model and slow critic; which parameters it
    /// reaches is not which are stepped.</summary>
    [Theory]
    [InlineData("reinforce", "actor", "actor")]
    [InlineData("dynamics", "actor", $"actor {Transition} {Prior} model.reward model.continue slow_critic")]
    [InlineData("both", "actor", $"actor {Transition} {Prior} model.reward model.continue slow_critic")]
    [InlineData("reinforce", "critic", "critic")]
    [InlineData("dynamics", "critic", "critic")]
    public void ABehaviorLossReachesThesePartsAndNoOthers(string gradient, string loss, string parts)
    {
        using var agent = SmallDreamerV2.Agent(
            SmallDreamerV2.Config.With((ActorConfig a) => a with { Gradient = gradient }));
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        agent.ModelLosses(3, out var posterior, out var batch, out var measures);
        var (actor, critic) = agent.BehaviorLosses(posterior, batch.Terminal, noise, measures);
        AssertMoves(agent, loss == "actor" ? actor : critic, parts, loss);
    }

    /// <summary>Each step changes its own module and no bit of another.</summary>
    [Theory]
    [InlineData("actor", "dynamics")]
    [InlineData("actor", "reinforce")]
    [InlineData("critic", "dynamics")]
    [InlineData("model", "dynamics")]
    public void AStepChangesItsOwnModuleAlone(string stepped, string gradient)
    {
        using var agent = SmallDreamerV2.Agent(
            SmallDreamerV2.Config.With((ActorConfig a) => a with { Gradient = gradient }));
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var losses = agent.ModelLosses(3, out var posterior, out var batch, out var measures);
        var (actor, critic) = agent.BehaviorLosses(posterior, batch.Terminal, noise, measures);
        var before = Parameters(agent).ToDictionary(p => p.Name, p => p.Value.ToArray<float>());
        var total = losses.Values.Select(loss => loss.Mean()).Aggregate((sum, term) => sum + term);
        agent.Optimizers[stepped].Step(stepped switch { "actor" => actor, "critic" => critic, _ => total });
        foreach (var (name, value) in Parameters(agent))
        {
            var own = name.StartsWith(stepped + ".", StringComparison.Ordinal);
            Assert.True(own != before[name].SequenceEqual(value.ToArray<float>()), $"{stepped}: {name}");
        }
    }

    /// <summary>Equal after update 0, alone until the next copy, equal again.</summary>
    [Fact]
    public void TheSlowCriticIsCopiedNowAndThen()
    {
        using var agent = SmallDreamerV2.Agent(SmallDreamerV2.Config with
        {
            Critic = SmallDreamerV2.Config.Critic with { SlowEvery = 5 },
        });
        Assert.Equal(Values(agent.Critic), Values(agent.SlowCritic));
        var held = Values(agent.SlowCritic);
        for (var update = 0; update <= 10; update++)
        {
            using var scope = new TensorScope();
            agent.Update(SmallDreamerV2.Rows(), (ulong)update);
            if (update % 5 == 0) held = Values(agent.Critic);
            else Assert.NotEqual(Values(agent.Critic), held);
            Assert.Equal(held, Values(agent.SlowCritic));
        }
    }

    [Fact]
    public void OrItGoesPartOfTheWay()
    {
        using var agent = SmallDreamerV2.Agent(SmallDreamerV2.Config with
        {
            Critic = SmallDreamerV2.Config.Critic with { SlowEvery = 1, SlowFraction = 0.25 },
        });
        var expected = Values(agent.SlowCritic);
        for (var update = 0; update < 4; update++)
        {
            using var scope = new TensorScope();
            agent.Update(SmallDreamerV2.Rows(), (ulong)update);
            expected = [.. expected.Zip(Values(agent.Critic), (slow, quick) => slow + 0.25f * (quick - slow))];
            foreach (var (own, due) in Values(agent.SlowCritic).Zip(expected)) Assert.Equal(due, own, 1e-6);
        }
    }

    private static void AssertMoves(DreamerV2 agent, Tensor loss, string parts, string told)
    {
        var (parameters, named) = (Parameters(agent), parts.Split(' '));
        var gradients = Reverie.Torch.Torch.Grad(loss, Array.ConvertAll(parameters, p => p.Value));
        foreach (var ((name, _), gradient) in parameters.Zip(gradients))
        {
            var moves = gradient is not null && gradient.Abs().Max().Item() > 0;
            Assert.True(moves == named.Any(part => name.StartsWith(part + ".", StringComparison.Ordinal)),
                $"{told} {(moves ? "moves" : "does not move")} {name}");
        }
    }

    private static float[] Values(Reverie.Torch.Nn.Module module) =>
        [.. module.Parameters().SelectMany(p => p.ToArray<float>())];

    private static (string Name, Tensor Value)[] Parameters(DreamerV2 agent) =>
        [.. agent.Modules.SelectMany(module => module.Value.NamedParameters(module.Key + "."))];
}
