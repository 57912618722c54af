using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Agents;

/// <summary>Which loss moves which part of the model: what is named moves, everything else must not.</summary>
[NoTensorLeaks]
public sealed class GradientBarrierTests
{
    private const string Transition = "dynamics.input dynamics.gru", Prior = "dynamics.prior_hidden dynamics.prior";
    private const string MeanOnly = $"encoder {Transition} dynamics.posterior_hidden dynamics.posterior.mean";
    private const string Rssm = $"{MeanOnly} dynamics.posterior.std";
    private const string Discrete = $"encoder {Transition} dynamics.posterior_hidden dynamics.posterior.logits";
    private const string Pixels = "encoder.conv0 encoder.conv1 encoder.conv2 encoder.conv3";
    private const string Latents = $"{Transition} dynamics.posterior_hidden dynamics.posterior";
    private const string Deconvolutions = "decoder.deconv0 decoder.deconv1 decoder.deconv2 decoder.deconv3";

    [Theory]
    [InlineData("rssm", "image", $"{Rssm} decoder")]
    [InlineData("rssm", "reward", $"{Rssm} reward")]
    [InlineData("rssm", "kl", $"{Rssm} {Prior}")]
    [InlineData("rssm", "global_prior", Rssm)]
    [InlineData("rssm", "overshooting", $"{Rssm} {Prior}")]
    [InlineData("rssm", "overshooting_reward", $"{Rssm} {Prior} reward")]
    [InlineData("discrete_rssm", "image", $"{Discrete} decoder")]
    [InlineData("discrete_rssm", "reward", $"{Discrete} reward")]
    [InlineData("discrete_rssm", "kl", $"{Discrete} {Prior}")]
    [InlineData("discrete_rssm", "global_prior", Discrete)]
    [InlineData("discrete_rssm", "overshooting", $"{Discrete} {Prior}")]
    [InlineData("discrete_rssm", "overshooting_reward", $"{Discrete} {Prior} reward")]
    // All that the model without a recurrent path remembers is in its prior, which its posterior is made from.
    [InlineData("ssm", "image", "encoder dynamics decoder")]
    [InlineData("ssm", "reward", "encoder dynamics reward")]
    [InlineData("ssm", "kl", "encoder dynamics")]
    [InlineData("ssm", "global_prior", "encoder dynamics")]
    [InlineData("ssm", "overshooting", "encoder dynamics")]
    [InlineData("ssm", "overshooting_reward", "encoder dynamics reward")]
    [InlineData("rnn", "image", "encoder dynamics decoder")]
    [InlineData("rnn", "reward", "encoder dynamics reward")]
    [InlineData("rnn", "kl", "encoder dynamics")]
    [InlineData("rnn", "global_prior", "encoder dynamics")]
    [InlineData("rnn", "overshooting", "encoder dynamics")]
    [InlineData("rnn", "overshooting_reward", "encoder dynamics reward")]
    [InlineData("drnn", "image", "encoder dynamics decoder")]
    [InlineData("drnn", "reward", "encoder dynamics reward")]
    [InlineData("drnn", "kl", "encoder dynamics")]
    [InlineData("drnn", "global_prior", "encoder dynamics")]
    [InlineData("drnn", "overshooting", "encoder dynamics")]
    [InlineData("drnn", "overshooting_reward", "encoder dynamics reward")]
    // The published deterministic model plans with a prior that nothing but the divergence trains, at scale 0.
    [InlineData("faithful", "image", $"{MeanOnly} decoder")]
    [InlineData("faithful", "reward", $"{MeanOnly} reward")]
    public void ALossMovesThesePartsAndNoOthers(string dynamics, string loss, string parts)
    {
        var faithful = dynamics == "faithful";
        var config = SmallPlaNet.Config
            .With((ModelConfig m) => m with { Dynamics = faithful ? "rnn" : dynamics, FaithfulMeanOnly = faithful })
            .With((LossConfig l) => l with { GlobalPrior = 1, Overshooting = new() { Distance = 3, Reward = 1 } });
        AssertMoves(config, loss, parts);
    }

    /// <summary>Each kind of observation is encoded and predicted by its own part; what is seen of one helps to predict
    /// the other.</summary>
    [Theory]
    [InlineData("image", $"{Pixels} encoder.vector {Latents} decoder.input {Deconvolutions}")]
    [InlineData("vector", $"{Pixels} encoder.vector {Latents} decoder.vector")]
    [InlineData("reward", $"{Pixels} encoder.vector {Latents} reward")]
    [InlineData("kl", $"{Pixels} encoder.vector {Latents} {Prior}")]
    public void KindsOfObservationsHavePartsOfTheirOwn(string loss, string parts) =>
        AssertMoves(SmallPlaNet.Config, loss, parts, SmallPlaNet.LayoutOf("both"));

    [Theory]
    [InlineData("vector", $"{Rssm} decoder.vector")]
    [InlineData("reward", $"{Rssm} reward")]
    [InlineData("kl", $"{Rssm} {Prior}")]
    public void VectorsAloneMoveWhatPicturesWould(string loss, string parts) =>
        AssertMoves(SmallPlaNet.Config, loss, parts, SmallPlaNet.LayoutOf("vector"));

    /// <summary>The largest distance starts from the zero state alone, so what has seen pictures is its target alone:
    /// it stands still, except in equation 6, which has no such barrier.</summary>
    [Theory]
    [InlineData(false, "overshooting", $"{Transition} {Prior}")]
    [InlineData(true, "kl", $"{Rssm} {Prior}")]
    public void TargetsOfOvershootingStandStill(bool isFixed, string loss, string parts) =>
        AssertMoves(SmallPlaNet.Config.With((LossConfig l) => l with
        {
            Overshooting = new() { Distance = SmallPlaNet.Length, Betas = [1, 0, 0, 0, 1], Fixed = isFixed },
        }), loss, parts);

    private static void AssertMoves(Config config, string loss, string parts, EpisodeLayout? layout = null)
    {
        using var agent = SmallPlaNet.Agent(config, layout: layout);
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var losses = agent.Losses(
            agent.Model.Preprocess(ModelBatch.From(SmallPlaNet.Rows(layout: layout), Device.Cpu), 3), noise, out _);
        var parameters = agent.Model.NamedParameters().ToArray();
        var gradients = Reverie.Torch.Torch.Grad(losses[loss].Sum(), Array.ConvertAll(parameters, p => p.Value));

        var named = parts.Split(' ');
        foreach (var ((name, _), gradient) in parameters.Zip(gradients))
        {
            var moves = gradient is not null && gradient.Abs().Max().Item() > 0;
            Assert.True(moves == named.Any(part => name.StartsWith(part + ".", StringComparison.Ordinal)),
                $"{loss} {(moves ? "moves" : "does not move")} {name}");
        }
    }
}
