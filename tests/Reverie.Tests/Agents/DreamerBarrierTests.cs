using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>Which loss moves which part of Dreamer: what is named moves, everything else must not.</summary>
[NoTensorLeaks]
public sealed class DreamerBarrierTests
{
    private const string Latents = "model.encoder model.dynamics.input model.dynamics.gru "
        + "model.dynamics.posterior_hidden model.dynamics.posterior";
    private const string Prior = "model.dynamics.prior_hidden model.dynamics.prior";

    [Theory]
    [InlineData("reconstruction", "image", $"{Latents} model.decoder")]
    [InlineData("reconstruction", "reward", $"{Latents} model.reward")]
    [InlineData("reconstruction", "kl", $"{Latents} {Prior}")]
    [InlineData("reconstruction", "continue", $"{Latents} model.continue")]
    [InlineData("contrastive", "contrastive", $"{Latents} representation")]
    [InlineData("contrastive", "image", "model.decoder")]
    [InlineData("contrastive", "reward", $"{Latents} model.reward")]
    [InlineData("infonce", "infonce", $"{Latents} representation")]
    [InlineData("infonce", "image", "model.decoder")]
    [InlineData("reward_only", "image", "model.decoder")]
    [InlineData("reward_only", "reward", $"{Latents} model.reward")]
    public void AModelLossMovesThesePartsAndNoOthers(string representation, string loss, string parts)
    {
        using var agent = Agent(representation);
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var losses = agent.ModelLosses(agent.Model.Preprocess(Rows, 3), noise, new Dictionary<string, Tensor>(), out _);
        var parameters = Parameters(agent);
        var gradients = Reverie.Torch.Torch.Grad(losses[loss].Sum(), Array.ConvertAll(parameters, p => p.Value));
        var named = parts.Split(' ');
        foreach (var ((name, _), gradient) in parameters.Zip(gradients))
        {
            var moves = gradient is not null && gradient.Abs().Max().Item() > 0;
            Assert.True(moves == named.Any(part => name.StartsWith(part + ".", StringComparison.Ordinal)),
                $"{loss} {(moves ? "moves" : "does not move")} {name}");
        }
    }

    /// <summary>Each step changes its own module, every parameter of it, and no bit of another.</summary>
    [Theory]
    [InlineData("actor")]
    [InlineData("critic")]
    [InlineData("model")]
    public void AStepChangesItsOwnModuleAlone(string stepped)
    {
        using var agent = Agent("contrastive");
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var measures = new Dictionary<string, Tensor>();
        var losses = agent.ModelLosses(agent.Model.Preprocess(Rows, 3), noise, measures, out var posterior);
        var (actor, critic) = agent.BehaviorLosses(posterior, noise, measures);
        var before = Parameters(agent).ToDictionary(p => p.Name, p => p.Value.ToArray<float>());
        var total = losses.Values.Select(loss => loss.Mean()).Aggregate((sum, term) => sum + term);
        var norm = agent.Optimizers[stepped].Step(stepped switch { "actor" => actor, "critic" => critic, _ => total });
        Assert.True(norm.Item() > 0);
        foreach (var (name, value) in Parameters(agent))
        {
            var own = name.StartsWith(stepped + ".", StringComparison.Ordinal)
                || (stepped == "model" && name.StartsWith("representation.", StringComparison.Ordinal));
            Assert.True(own != before[name].SequenceEqual(value.ToArray<float>()), $"{stepped}: {name}");
        }
    }

    /// <summary>The three steps of an update are taken where the forward pass was: alone or together, a step is the
    /// same.</summary>
    [Theory]
    [InlineData("actor", DType.Float32)]
    [InlineData("critic", DType.Float32)]
    [InlineData("model", DType.Float32)]
    [InlineData("critic", DType.BFloat16)]
    public void NoStepSeesAnother(string module, DType precision)
    {
        using var together = SmallDreamer.Agent(precision: precision);
        using var alone = SmallDreamer.Agent(precision: precision);
        foreach (var (name, optimizer) in alone.Optimizers)
            if (name != module) optimizer.LearningRate = 0;
        using var scope = new TensorScope();
        together.Update(SmallPlaNet.Rows(), 5);
        alone.Update(SmallPlaNet.Rows(), 5);
        foreach (var (a, b) in together.Modules[module].Parameters().Zip(alone.Modules[module].Parameters()))
            Assert.Equal(a.ToArray<float>(), b.ToArray<float>());
    }

    /// <summary>The actor's gradient passes through the model: where rewards and values say nothing, there is
    /// none.</summary>
    [Fact]
    public void TheActorLearnsThroughTheModel()
    {
        using var agent = SmallDreamer.Agent();
        using var scope = new TensorScope();
        Assert.True(Norm() > 0);
        using (new NoGrad())
            foreach (var last in new[] { agent.Model.Reward.Parameters()[^2], agent.Critic.Parameters()[^2] })
                last.Zero_();
        Assert.Equal(0, Norm());

        double Norm()
        {
            using var noise = new Generator(Device.Cpu, 3);
            var measures = new Dictionary<string, Tensor>();
            agent.ModelLosses(agent.Model.Preprocess(Rows, 3), noise, measures, out var posterior);
            var actor = agent.BehaviorLosses(posterior, noise, measures).Actor;
            var gradients = Reverie.Torch.Torch.Grad(actor, agent.Actor.Parameters());
            return gradients.Sum(gradient => gradient?.Abs().Sum().Item() ?? 0);
        }
    }

    private static ModelBatch Rows => ModelBatch.From(SmallPlaNet.Rows(), Device.Cpu);

    private static Dreamer Agent(string representation) => SmallDreamer.Agent(SmallDreamer.Config with
    {
        Model = SmallDreamer.Config.Model with { Continue = true },
        Loss = SmallDreamer.Config.Loss with { Representation = representation },
    });

    private static (string Name, Tensor Value)[] Parameters(Dreamer agent) =>
        [.. agent.Modules.SelectMany(module => module.Value.NamedParameters(module.Key + "."))];
}
