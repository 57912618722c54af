using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>
/// Dreamer (Hafner et al. 2020, "Dream to Control: Learning Behaviors by Latent Imagination"): PlaNet's latent model,
/// and in place of the planner an actor and a critic learned from imagined trajectories alone. The actor climbs the
/// gradient of imagined values, through the learned dynamics.
/// </summary>
/// <remarks><code>
/// row t of a chunk      0        1        2        action[t] led to o[t] and reward[t]
/// posterior     zero → q_0   →  q_1   →  q_2       q_t has seen o[t]; p_t is one step from q_{t−1}
/// losses               t=0      t=1      t=2       o[t], reward[t], continue[t] from q_t; KL(q_t ‖ p_t)
///
/// imagined from every q_t:  s_0 = sg(q_t)  →  s_1  →  s_2  →  …  →  s_H          (L·B starts at once)
/// action                          a_1 ~ π(sg s_0)  a_2 ~ π(sg s_1)  …             a_k leads to s_k
/// reward, value, discount             r_1, v_1, d_1   r_2, v_2, d_2  …  v_H       read from s_k
/// return V_k                          k = 1         k = 2      …  H − 1       V_k = r_k + d_k[(1−λ)v_{k+1} + λV_{k+1}]
/// weight                              1             d_1        …                  of both losses
/// </code></remarks>
public class Dreamer : ActorCriticAgent
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "dreamer",
        Make = (config, layout, device, precision) => new Dreamer(config, layout, device, precision),
        LearnsFromEpisodes = true,
        LearnsSeveralTasks = true,
        LearnsInRanks = true,
        AsksForEnds = true,
        Rules = LearnsNoOvershooting,
        Timed = ["update", "behavior", "act", "replay"],
        // The actor's loss goes back to inputs and weights of the actor, but to the inputs alone of what it passes
        // through; the critic's to its own.
        Behavior = (config, _) => new(config.Replay.BatchSize * (config.Replay.ChunkLength - (config.Model.Continue ? 1.0 : 0)),
            Model: 2, Actor: 3, Critic: 4),
    };

    /// <summary>Makes the agent with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of imagination; losses and parameters stay float32.</param>
    public Dreamer(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
        : base(config, layout, device, precision, hasSlowCritic: false, asModel: false)
    {
    }

    /// <summary>Algorithm 1, lines "dynamics learning" and "behavior learning", from one forward pass.</summary>
    protected override Dictionary<string, Tensor> Learn(ModelBatch batch, Generator noise, bool behavior)
    {
        var measures = new Dictionary<string, Tensor>();
        var losses = ModelLosses(batch, noise, measures, out var posterior);
        var model = Total(losses, measures);
        if (behavior)
        {
            var (actor, critic) = BehaviorLosses(posterior, noise, measures);
            // Each step differentiates its own parameters alone. Those that a later gradient passes through step after
            // it, so that all three are taken where the forward pass was.
            measures["actor_gradient_norm"] = ActorOptimizer.Apply(actor, keepGraph: true);
            measures["critic_gradient_norm"] = CriticOptimizer.Apply(critic);
            measures["loss_actor"] = actor.Detach();
            measures["loss_critic"] = critic.Detach();
        }
        measures["gradient_norm"] = ModelOptimizer.Apply(model);
        measures["loss"] = model.Detach();
        return measures;
    }

    /// <summary>Dynamics learning (eq. 10): the terms of the objective, negated; each (L, B), nats summed over pixels,
    /// entries or latent dimensions.</summary>
    public Dictionary<string, Tensor> ModelLosses(ModelBatch batch, Generator noise,
        IDictionary<string, Tensor> measures, out LatentState posterior)
    {
        var embed = Model.Embed(batch.Seen);                                            // (L·B, E)
        (posterior, var prior) = Model.Filter(embed, batch, noise);                     // (L, B, ·)
        var features = Model.Dynamics.Feature(posterior);                               // (L, B, F)
        var divergence = posterior.KlTo(prior);                                         // (L, B)

        // J_O or J_S: what makes the latents stand for what was seen
        var losses = Representation.Losses(Model, batch.Seen, embed, features);
        // J_R = ln p(r_t | s_t)
        if (Model.Mask is { } mask) losses["mask"] = mask.Loss(features, batch.Mask!);
        losses["reward"] = -Model.Reward.Forward(features).LogProb(Model.RewardTarget(batch.Reward));
        // J_D = −β KL(q(s_t | h_t, o_t) ‖ p(s_t | h_t)); the paper has the letters the other way round
        losses["kl"] = FreeNats.Apply(Config.Loss, divergence, WholeBatch);
        if (Config.Loss.KlPrior > 0)
            losses["kl_prior"] = FreeNats.Apply(Config.Loss, posterior.Detach().KlTo(prior), WholeBatch);
        // Where episodes can end: what the discount of the future will be (D App. A)
        if (Model.Continue is { } ends)
            losses["continue"] = -ends.Forward(features).LogProb((1 - batch.Terminal) * Config.Imagination.Discount);

        MeasureLatents(posterior, prior, divergence, measures);
        return losses;
    }

    /// <summary>Behavior learning (eq. 4–8) from states (L, B, ·) that were filtered. Both losses are
    /// scalars.</summary>
    public (Tensor Actor, Tensor Critic) BehaviorLosses(LatentState posterior, Generator noise,
        IDictionary<string, Tensor> measures)
    {
        using var autocast = new Autocast(Precision);
        var imagined = Imagination.Rollout(Model.Dynamics, Starts(posterior),
            feature => Policy(feature.Detach(), noise).Sample(noise),
            Config.Imagination.Horizon, noise);
        var features = imagined.Arrived;                                                // (H, N, F)
        var reward = Model.Reward.Forward(features).Mean;                               // (H, N)
        var value = Critic.Forward(features).Mean;                                      // (H, N)
        var discount = Model.Continue?.Forward(features).Mean                           // (H, N)
            ?? Tensor.Full(reward.Shape, Config.Imagination.Discount, reward.DType, reward.Device);

        var returns = LambdaReturn.Estimate(Config.Imagination, reward, value, discount);   // (H − 1, N)
        var rows = returns.Size(0);
        var weights = LambdaReturn.Weights(discount.Narrow(0, 0, rows));                // (H − 1, N)
        var actor = ActorLoss(imagined, weights, returns);
        // eq. 8: min E Σ ½‖v − sg(V_λ)‖²
        var values = new UnitNormal(value.Narrow(0, 0, rows), eventDims: 0);
        var critic = -(weights * values.LogProb(returns.Detach())).Mean();

        measures["imagined_reward"] = reward.Detach().Mean();
        measures["imagined_value"] = value.Detach().Mean();
        measures["imagined_return"] = returns.Detach().Mean();
        measures["imagined_action"] = imagined.Actions!.Detach().Abs().Mean();
        return (actor, critic);
    }

    /// <summary>Equation 7, max E Σ V_λ: what the actor learns by. The gradient goes back through the returns to the
    /// actions.</summary>
    /// <param name="imagined">The way, features and actions (H, N, ·).</param>
    /// <param name="weights">Of each row, (H − 1, N); no gradient.</param>
    /// <param name="returns">V_λ, (H − 1, N).</param>
    /// <returns>A scalar.</returns>
    protected virtual Tensor ActorLoss(Imagination.Trajectory imagined, Tensor weights, Tensor returns) => -(weights * returns).Mean();

    /// <summary>What no Dreamer has.</summary>
    internal static void LearnsNoOvershooting(Config config, ConfigDemand demand)
    {
        demand(config.Loss.Overshooting.Distance == 1, "loss.overshooting.distance",
            $"agent = {config.Agent} has no overshooting; leave it at 1");
        demand(config.Loss.GlobalPrior == 0, "loss.global_prior",
            $"agent = {config.Agent} has no such loss; leave it at 0");
    }

    // The states of a chunk as N starts. Where episodes end, the last row may be an end, which nothing follows.
    private LatentState Starts(LatentState posterior)
    {
        var rows = posterior.Stoch.Size(0);
        return (Model.Continue is null ? posterior : posterior.Narrow(0, rows - 1)).Detach().FlattenTime();
    }
}
