using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>
/// DreamerV2 (Hafner et al. 2021, "Mastering Atari with Discrete World Models"): Dreamer with categorical latents, a
/// balanced divergence, a predicted discount, a slow critic for the targets, and an actor that climbs a mixture of
/// REINFORCE and of the gradient through the dynamics, with a bonus for entropy in place of noise.
/// </summary>
/// <remarks><code>
/// row t of a chunk      0        1        2        action[t] led to o[t] and reward[t]
/// posterior     zero → q_0   →  q_1   →  q_2       q_t has seen o[t]; p_t is one step from q_{t−1}
/// losses               t=0      t=1      t=2       o[t], reward[t], continue[t] from q_t; KL(q_t ‖ p_t) balanced
///
/// row k imagined from every q_t     0             1             2      …    H − 1          H
/// state                         sg(q_t)  →       s_1    →      s_2   …                    s_H
/// action, leading to row k                       a_1           a_2          a_{H−1}       a_H      a_k ~ π(sg x_{k−1})
/// reward, slow value               r_0 v_0       r_1 v_1       r_2 v_2                    v_H      read from x_k
/// discount                         d_0           d_1           d_2          d_{H−1}                d_0 from the replay
/// target t_k                       t_0           t_1           t_2          t_{H−1}       t_H = v_H
///                                                         t_k = r_k + d_k[(1 − λ)v_{k+1} + λ t_{k+1}]
/// weight w_k                       1             d_0           d_0 d_1      …
/// critic: w_k, x_k → sg t_k        k = 0         1             2            H − 1
/// actor: w_k, π(· | x_k), a_{k+1}, t_{k+1} − v_k                k = 0 … H − 2
/// </code></remarks>
public sealed class DreamerV2 : ActorCriticAgent
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = Dreamer.Kind with
    {
        Name = "dreamerv2",
        Make = (config, layout, device, precision) => new DreamerV2(config, layout, device, precision),
        // Beside the critic that learns a slow one gives values, and the actor is asked again for probabilities and
        // entropy. With REINFORCE alone nothing goes back through what was imagined.
        Behavior = (config, oneHot) => config.Actor.ReinforceShare(oneHot) == 1
            ? new(config.Replay.BatchSize * config.Replay.ChunkLength, Model: 1, Actor: 4, Critic: 4)
            : new(config.Replay.BatchSize * config.Replay.ChunkLength, Model: 2, Actor: 6, Critic: 5),
    };

    private readonly double reinforce;         // ρ

    /// <summary>Makes the agent with new parameters; the slow critic starts as the critic does.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of imagination; losses and parameters stay float32.</param>
    public DreamerV2(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
        : base(config, layout, device, precision, hasSlowCritic: true, asModel: false) =>
        reinforce = config.Actor.ReinforceShare(layout.Groups.HasChoices);

    /// <summary>The critic as it was some updates ago, whose values make the targets.</summary>
    public Critic SlowCritic => Slow;

    /// <summary>World model learning and behavior learning, from one forward pass.</summary>
    protected override Dictionary<string, Tensor> Learn(ModelBatch batch, Generator noise, bool behavior)
    {
        var measures = new Dictionary<string, Tensor>();
        var losses = ModelLosses(batch, noise, measures, out var posterior);
        var model = Total(losses, measures);
        if (behavior)
        {
            var (actor, critic) = BehaviorLosses(posterior, batch.Terminal, noise, measures);
            // Each step differentiates its own parameters alone. The actor's gradient passes through the model, which
            // therefore steps after it.
            measures["actor_gradient_norm"] = ActorOptimizer.Apply(actor);
            measures["critic_gradient_norm"] = CriticOptimizer.Apply(critic);
            measures["loss_actor"] = actor.Detach();
            measures["loss_critic"] = critic.Detach();
        }
        measures["gradient_norm"] = ModelOptimizer.Apply(model);
        measures["loss"] = model.Detach();
        return measures;
    }

    /// <inheritdoc/>
    protected override void AfterLearning(bool behavior)
    {
        if (behavior && (CriticOptimizer.StepCount - 1) % Config.Critic.SlowEvery == 0)
            FollowCritic();
    }

    /// <summary>World model learning (eq. 2 and 3): each (L, B), nats summed over pixels, entries or latent
    /// variables.</summary>
    public Dictionary<string, Tensor> ModelLosses(ModelBatch batch, Generator noise,
        IDictionary<string, Tensor> measures, out LatentState posterior)
    {
        var embed = Model.Embed(batch.Seen);                                            // (L·B, E)
        (posterior, var prior) = Model.Filter(embed, batch, noise);                     // (L, B, ·)
        var features = Model.Dynamics.Feature(posterior);                               // (L, B, F)

        // −ln p(o_t | h_t, z_t)
        var losses = Representation.Losses(Model, batch.Seen, embed, features);
        // −ln p(r_t | h_t, z_t)
        if (Model.Mask is { } mask) losses["mask"] = mask.Loss(features, batch.Mask!);
        losses["reward"] = -Model.Reward.Forward(features).LogProb(Model.RewardTarget(batch.Reward));
        // −ln p(γ_t | h_t, z_t): γ where the episode goes on, 0 where it ended
        if (Model.Continue is { } ends)
            losses["continue"] = -ends.Forward(features).LogProb((1 - batch.Terminal) * Config.Imagination.Discount);
        // KL balancing (algorithm 2): the prior is drawn to the posterior more than the other way round, and each
        // direction has its own free nats.
        var toPrior = posterior.Detach().KlTo(prior);                                   // (L, B)
        var toPosterior = posterior.KlTo(prior.Detach());                               // (L, B), the same values
        var balance = Config.Loss.KlBalance;
        losses["kl"] = FreeNats.Apply(Config.Loss, toPrior, WholeBatch) * balance
            + FreeNats.Apply(Config.Loss, toPosterior, WholeBatch) * (1 - balance);

        MeasureLatents(posterior, prior, toPrior, measures);
        return losses;
    }

    /// <summary>Behavior learning (eq. 4–6) from states (L, B, ·) that were filtered; two scalars.</summary>
    /// <param name="posterior">Where to start from.</param>
    /// <param name="terminal">(L, B), 1 where a row ended its episode: nothing counts after it.</param>
    /// <param name="noise">Source of states and actions.</param>
    /// <param name="measures">Takes what is to be logged.</param>
    public (Tensor Actor, Tensor Critic) BehaviorLosses(LatentState posterior, Tensor terminal, Generator noise,
        IDictionary<string, Tensor> measures)
    {
        var dream = Imagine(posterior.Detach().FlattenTime(), terminal.Flatten(), noise);
        var rows = dream.Target.Size(0);                                                // H
        using var autocast = new Autocast(Precision);

        // eq. 5: min E Σ w_k ½(v(x_k) − sg t_k)²
        var value = Critic.Forward(dream.Features.Narrow(0, 0, rows).Detach());         // (H, N)
        var critic = -(dream.Weight * value.LogProb(dream.Target.Detach())).Mean();

        // eq. 6: max E Σ w_k [ρ ln π(a_{k+1} | x_k) sg(t_{k+1} − v_k) + (1 − ρ) t_{k+1} + η H[π(· | x_k)]]
        Tensor Before(Tensor all) => all.Narrow(0, 0, rows - 1);                        // k = 0 … H − 2
        var features = Before(dream.Features).Detach();
        var policy = Policy(features, noise);
        var (target, entropy) = (dream.Target.Narrow(0, 1, rows - 1), policy.Entropy());    // (H − 1, N)
        var advantage = (target - Before(dream.Value)).Detach();
        var objective = entropy * Config.Actor.Entropy;
        if (reinforce > 0) objective += policy.LogProb(Before(dream.Action).Detach()) * advantage * reinforce;
        if (reinforce < 1) objective += target * (1 - reinforce);
        var actor = -(Before(dream.Weight) * objective).Mean();

        measures["imagined_reward"] = dream.Reward.Detach().Mean();
        measures["imagined_value"] = dream.Value.Detach().Mean();
        measures["imagined_return"] = dream.Target.Detach().Mean();
        measures["advantage"] = advantage.Mean();
        measures["actor_entropy"] = entropy.Detach().Mean();
        return (actor, critic);
    }

    /// <param name="Features">(H + 1, N, F).</param>
    /// <param name="Action">(H, N, A); entry k leads to row k + 1.</param>
    /// <param name="Reward">r_k, (H + 1, N).</param>
    /// <param name="Value">v_k of the slow critic, (H + 1, N).</param>
    /// <param name="Target">t_k, (H, N).</param>
    /// <param name="Weight">w_k, (H, N), without gradient.</param>
    private sealed record Dream(
        Tensor Features, Tensor Action, Tensor Reward, Tensor Value, Tensor Target, Tensor Weight);

    private Dream Imagine(LatentState starts, Tensor terminal, Generator noise)
    {
        if (reinforce < 1) return Roll();
        using var noGrad = new NoGrad();                // REINFORCE alone asks for no gradient of what is imagined
        return Roll();

        Dream Roll()
        {
            using var autocast = new Autocast(Precision);
            var horizon = Config.Imagination.Horizon;
            var imagined = Imagination.Rollout(Model.Dynamics, starts,
                feature => Policy(feature.Detach(), noise).Sample(noise), horizon, noise);
            var features = imagined.Features;
            var (reward, value) = (Model.Reward.Forward(features).Mean, SlowCritic.Forward(features).Mean);
            var discount = Discount(features, terminal);                                // (H + 1, N)
            return new(features, imagined.Actions!, reward, value,
                LambdaReturn.Estimate(Config.Imagination, reward, value, discount),
                LambdaReturn.Weights(discount.Narrow(0, 0, horizon)));
        }
    }

    // Predicted, but for the row that comes from the replay, where it is known.
    private Tensor Discount(Tensor features, Tensor terminal)
    {
        var (rows, gamma) = (features.Size(0), Config.Imagination.Discount);
        if (Model.Continue is not { } ends)
            return Tensor.Full([rows, features.Size(1)], gamma, features.DType, features.Device);
        var known = ((1 - terminal) * gamma).To(features.DType).Unsqueeze(0);           // (1, N)
        return Tensor.Cat([known, ends.Forward(features.Narrow(0, 1, rows - 1)).Mean]);
    }
}
