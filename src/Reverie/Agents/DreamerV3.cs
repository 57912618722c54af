using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Agents;

/// <summary>
/// DreamerV3 (Hafner et al. 2025, "Mastering diverse control tasks through world models", in its final version): one set
/// of numbers for every task. Rewards and values are distributions over numbers of any size, advantages are divided by
/// how far returns are apart, the actor learns by REINFORCE alone, the critic on replayed rows too, and all of it
/// steps down one gradient. With <c>actor.gradient</c> it climbs returns through the dynamics, as DreamerV2 does.
/// </summary>
/// <remarks><code>
/// row t of a chunk    (context)     0        1        2   …   L − 1      action[t] led to o[t] and reward[t]
/// posterior        latent kept  →  q_0   →  q_1   →  q_2                  a row that begins an episode starts from zero
/// losses                           t=0      t=1      t=2                  o[t], reward[t], continue[t], KL(q_t ‖ p_t)
///
/// row k imagined from every q_t     0             1             2      …    H − 1          H
/// state                         sg(q_t)  →       s_1    →      s_2   …                    s_H     without gradient
/// action, leading to row k                       a_1           a_2          a_{H−1}       a_H     a_k ~ π(x_{k−1})
/// value v_k                         v_0           v_1           v_2                        v_H     read from x_k
/// reward, continue                  –   c_0       r_1 c_1       r_2 c_2                    r_H c_H
/// return R_k                        R_0           R_1           R_2          R_{H−1}       R_H = v_H
///                                                   R_k = r_{k+1} + c_{k+1}[(1 − λ)v_{k+1} + λ R_{k+1}]
/// weight w_k                        c_0           c_0 c_1       …
/// actor, critic: w_k, x_k, a_{k+1}, R_k             k = 0 … H − 1
///
/// replayed rows                     G_t = r_{t+1} + d_{t+1}[(1 − λ_{t+1})b_{t+1} + λ_{t+1} G_{t+1}]      G_{L−1} = b_{L−1}
///                                   b_t = R_0 imagined from q_t; d is 0 after a true end, λ is 0 after any end
/// </code></remarks>
public sealed class DreamerV3 : ActorCriticAgent, ILatentRecorder
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = Dreamer.Kind with
    {
        Name = "dreamerv3",
        Make = (config, layout, device, precision) => new DreamerV3(config, layout, device, precision),
        Loop = TrainingLoop.Steps,
        ImaginesFromLast = true,
        Rules = HasEndsAndClasses,
        // Imagined without gradient; then actor and critic learn, beside which both critics give values. Where the actor
        // climbs through the dynamics, it goes back to inputs of all that it passes through.
        Behavior = (config, oneHot) =>
        {
            var rows = (double)config.Replay.BatchSize * config.Imagination.StartsOf(config.Replay.ChunkLength);
            return ReinforceShare(config, oneHot) == 1
                ? new(rows, Model: 1, Actor: 4, Critic: 5) : new(rows, Model: 2, Actor: 6, Critic: 7);
        },
    };

    private const string NewDeter = "latents_deter", NewClasses = "latents_classes";    // results that are no measures

    private readonly double reinforce;         // ρ

    /// <summary>Makes the agent with new parameters; the slow critic starts as the critic does.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions, of the recurrence and of imagination; losses and parameters stay
    /// float32.</param>
    public DreamerV3(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
        : base(config, layout, device, precision, hasSlowCritic: true, asModel: true)
    {
        reinforce = ReinforceShare(config, layout.Groups.HasChoices);
        using var scope = new TensorScope();
        using var random = NewParameters(1);
        ReturnScale = new ReturnScale(new Initializer(device, random));
    }

    /// <summary>The critic's running average, which it must not leave far behind.</summary>
    public Critic SlowCritic => Slow;

    /// <summary>How far returns are apart.</summary>
    public ReturnScale ReturnScale { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Module> Modules =>
        new Dictionary<string, Module>(base.Modules) { ["return_scale"] = ReturnScale };

    /// <summary>Everything from one forward pass and one gradient: LaProp clips and normalises each tensor by itself, so that
    /// three optimizers with one learning rate are the paper's one.</summary>
    protected override Dictionary<string, Tensor> Learn(ModelBatch batch, Generator noise, bool behavior)
    {
        var measures = new Dictionary<string, Tensor>();
        var losses = ModelLosses(batch, noise, measures, out var posterior);
        if (behavior)
        {
            var rows = Config.Imagination.StartsOf(batch.Length);
            var starts = posterior.Narrow(batch.Length - rows, rows);
            var dream = Imagine(starts.Detach().FlattenTime(), noise);
            var (actor, critic) = BehaviorLosses(dream, noise, measures);
            if (reinforce == 1)
            {
                losses["actor"] = actor;
            }
            else                                        // passes through the model, which therefore steps after it
            {
                measures["actor_gradient_norm"] = ActorOptimizer.Apply(actor);
                measures["loss_actor"] = actor.Detach();
            }
            losses["critic"] = critic;
            var bootstrap = dream.Return[0].Detach().Reshape(rows, batch.Batch);            // b_t
            losses["replay_value"] = ReplayValueLoss(
                Model.Dynamics.Feature(starts), batch.Narrow(batch.Length - rows, rows), bootstrap);
        }
        var total = Total(losses, measures);
        measures["gradient_norm"] = Optimizer.Apply(total, !behavior ? [ModelOptimizer]
            : reinforce == 1 ? [ModelOptimizer, ActorOptimizer, CriticOptimizer] : [ModelOptimizer, CriticOptimizer]);
        measures["loss"] = total.Detach();
        measures[NewDeter] = posterior.Deter.Detach();
        measures[NewClasses] = ClassesOf(posterior.Stoch);
        return measures;
    }

    /// <inheritdoc/>
    protected override void AfterLearning(bool behavior)
    {
        if (behavior && CriticOptimizer.StepCount % Config.Critic.SlowEvery == 0)
            FollowCritic();
    }

    /// <summary>World model learning: each (L, B), nats summed over pixels, entries or latent variables.</summary>
    public Dictionary<string, Tensor> ModelLosses(ModelBatch batch, Generator noise,
        IDictionary<string, Tensor> measures, out LatentState posterior)
    {
        var embed = Model.Embed(batch.Seen);                                                // (L·B, E)
        (posterior, var prior) = Model.Filter(embed, batch, noise);                         // (L, B, ·)
        var features = Model.Dynamics.Feature(posterior);                                   // (L, B, F)

        // Σ (x − μ)² of pictures in [0, 1] and of symlog vectors: twice what the scale of 1 stands for elsewhere
        var losses = Representation.Losses(Model, batch.Seen, embed, features);
        // −ln p(r_t | h_t, z_t), over numbers of any size
        if (Model.Mask is { } mask) losses["mask"] = mask.Loss(features, batch.Mask!);
        losses["reward"] = -Model.Reward.Forward(features).LogProb(Model.RewardTarget(batch.Reward));
        // −ln p(c_t | h_t, z_t): γ where the episode goes on, 0 where it ended
        losses["continue"] = -Model.Continue!.Forward(features).LogProb((1 - batch.Terminal) * Config.Imagination.Discount);
        // L_dyn = max(1, KL(sg q ‖ p)), L_rep = max(1, KL(q ‖ sg p)): the same values, the gradient to one side each
        var toPrior = posterior.Detach().KlTo(prior);                                       // (L, B)
        losses["kl_prior"] = FreeNats.Apply(Config.Loss, toPrior, WholeBatch);
        losses["kl_posterior"] = FreeNats.Apply(Config.Loss, posterior.KlTo(prior.Detach()), WholeBatch);

        MeasureLatents(posterior, prior, toPrior, measures);
        return losses;
    }

    /// <summary>Behavior learning in what was imagined; two scalars.</summary>
    /// <param name="dream">What <see cref="Imagine"/> made.</param>
    /// <param name="noise">Source of what policies without formulas need.</param>
    /// <param name="measures">Takes what is to be logged.</param>
    public (Tensor Actor, Tensor Critic) BehaviorLosses(Imagined dream, Generator noise,
        IDictionary<string, Tensor> measures)
    {
        var features = dream.Features.Narrow(0, 0, dream.Return.Size(0));                   // k = 0 … H − 1
        var scale = ReturnScale.Update(dream.Return, WholeBatch);                                   // S
        using var autocast = new Autocast(Precision);

        // −Σ w_k [ρ sg((R_k − v_k) / S) ln π(a_{k+1} | x_k) + (1 − ρ) R_k / S + η H[π(· | x_k)]], ρ = 1
        var policy = Policy(features, noise);
        var target = dream.Return.Detach();
        var (entropy, advantage) = (policy.Entropy(), (target - dream.Value) / scale);      // (H, N)
        var bonus = entropy * Config.Actor.Entropy;
        var objective = reinforce == 0 ? bonus : policy.LogProb(dream.Actions) * advantage * reinforce + bonus;
        if (reinforce < 1) objective += dream.Return / scale * (1 - reinforce);
        var actor = -(dream.Weight * objective).Mean();

        // −Σ w_k [ln p(R_k | x_k) + ln p(v'_k | x_k)], v' the slow critic's
        var critic = -(dream.Weight * (dream.Values.LogProb(target)
            + dream.Values.LogProb(dream.SlowValue) * Config.Critic.SlowScale)).Mean();

        measures["imagined_reward"] = dream.Reward.Mean();
        measures["imagined_value"] = dream.Value.Mean();
        measures["imagined_return"] = target.Mean();
        measures["return_scale"] = scale;
        measures["advantage"] = advantage.Abs().Mean();
        measures["actor_entropy"] = entropy.Detach().Mean();
        return (actor, critic);
    }

    /// <summary>The critic on replayed rows, (L − 1, B), whose gradient reaches the model.</summary>
    /// <param name="features">Of the posteriors, (L, B, F).</param>
    /// <param name="batch">Rewards and ends of the same rows.</param>
    /// <param name="bootstrap">b_t, the return imagined from each of them, (L, B).</param>
    public Tensor ReplayValueLoss(Tensor features, ModelBatch batch, Tensor bootstrap)
    {
        var rows = batch.Length - 1;
        Tensor Before(Tensor all) => all.Narrow(0, 0, rows);
        var last = batch.Last ?? batch.Terminal;
        var target = LambdaReturn.Replayed(batch.Reward, batch.Terminal, last, bootstrap, Config.Imagination);
        var value = Critic.Forward(Before(features));
        var slow = SlowCritic.Forward(Before(features)).Mean.Detach();
        return -(value.LogProb(target) + value.LogProb(slow) * Config.Critic.SlowScale) * (1 - Before(last));
    }

    /// <summary>What was imagined from N states; <paramref name="Values"/> have a gradient, the critic's, and where the actor
    /// climbs through the dynamics <paramref name="Return"/> has the actor's.</summary>
    /// <param name="Features">x_k, (H + 1, N, F).</param>
    /// <param name="Actions">(H, N, A); entry k leads to row k + 1.</param>
    /// <param name="Reward">r_1 …, (H, N).</param>
    /// <param name="Values">What the critic says of x_0 …, (H, N).</param>
    /// <param name="Value">Its means v_0 …, (H, N).</param>
    /// <param name="SlowValue">The slow critic's, (H, N).</param>
    /// <param name="Return">R_0 …, (H, N).</param>
    /// <param name="Weight">w_0 …, (H, N).</param>
    public sealed record Imagined(Tensor Features, Tensor Actions, Tensor Reward, Distribution Values, Tensor Value,
        Tensor SlowValue, Tensor Return, Tensor Weight);

    /// <summary>Rolls the policy out in the model from states (N, ·).</summary>
    public Imagined Imagine(LatentState starts, Generator noise)
    {
        using var autocast = new Autocast(Precision);
        var rows = Config.Imagination.Horizon;                                              // H
        Tensor Before(Tensor all) => all.Narrow(0, 0, rows);
        var imagined = AsActorLearns(() => Imagination.Rollout(Model.Dynamics, starts,
            feature => Policy(feature.Detach(), noise).Sample(noise), rows, noise));
        var features = imagined.Features.Detach();
        var values = Critic.Forward(Before(features));                                     // learns from them too
        return AsActorLearns(() =>
        {
            var value = reinforce == 1 ? Tensor.Cat([values.Mean, Critic.Forward(features.Narrow(0, rows, 1)).Mean], 0)
                : Critic.Forward(imagined.Features).Mean;
            var goesOn = Model.Continue!.Forward(imagined.Features).Mean;                   // c_0 …, (H + 1, N)
            var reward = Model.Reward.Forward(imagined.Features).Mean;
            var (returns, weight) = LambdaReturn.Imagined(reward, goesOn, value, Config.Imagination.Lambda);
            return new Imagined(features, imagined.Actions!.Detach(), reward.Detach().Narrow(0, 1, rows), values,
                Before(value).Detach(), SlowCritic.Forward(Before(features)).Mean.Detach(), returns, weight.Detach());
        });
    }

    // REINFORCE alone asks for no gradient of what is imagined.
    private T AsActorLearns<T>(Func<T> imagine)
    {
        if (reinforce < 1) return imagine();
        using var noGrad = new NoGrad();
        return imagine();
    }

    /// <summary>ρ, the part of REINFORCE in the actor's gradient: 1 unless it is set otherwise.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="oneHot">Whether an action has choices.</param>
    public static double ReinforceShare(Config config, bool oneHot) =>
        config.Actor.ReinforceShare(oneHot || config.Actor.Gradient == "auto");

    /// <inheritdoc/>
    public LatentRows LatentRows => new(Config.Model.Deter, Config.Model.Stoch, Config.Model.Classes, Precision);

    /// <inheritdoc/>
    protected override void Took(SequenceBatch batch, Dictionary<string, Tensor> results)
    {
        if (!results.Remove(NewDeter, out var deter) || !results.Remove(NewClasses, out var classes)) return;
        batch.Latents?.Take(deter, classes);
    }

    /// <inheritdoc/>
    public LatentChunk Read(AgentState state)
    {
        if (state.Latent is not { } latent)
            throw new InvalidOperationException("the state has no latents yet: call Act first");
        using var scope = new TensorScope();
        var rows = new LatentChunk(LatentRows, state.Count);
        rows.Take(latent.Deter, ClassesOf(latent.Stoch));
        return rows;
    }

    /// <inheritdoc/>
    public void Restore(AgentState state, LatentChunk rows, float[] actions)
    {
        using var scope = new TensorScope();
        var zero = Model.Dynamics.Initial(state.Count);
        state.Remember(zero with
        {
            Deter = Tensor.FromArray(rows.Deter, [state.Count, LatentRows.DeterSize], Device),
            Stoch = ModelBatch.OneHot(rows, Device),
        }, Tensor.FromArray(actions, [state.Count, Model.ActionSize], Device));
    }

    // (…, V·K), one-hot → (…, V)
    private Tensor ClassesOf(Tensor stoch) =>
        stoch.Detach().Reshape([.. stoch.Shape[..^1], Config.Model.Stoch, Config.Model.Classes]).Argmax(-1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReturnScale.Dispose();
        base.Dispose();
    }

    private static void HasEndsAndClasses(Config config, ConfigDemand demand)
    {
        demand(config.Model.Continue, "model.continue", $"agent = {config.Agent} asks where episodes end; set it to true");
        var fit = DynamicsRegistry.All.Where(one => one.HasClasses).Select(one => one.Name).ToArray();
        demand(fit.Contains(config.Model.Dynamics), "model.dynamics", $"agent = {config.Agent} keeps classes of latents, "
            + $"which {config.Model.Dynamics} has none of; take {string.Join(" or ", fit)}");
        Dreamer.LearnsNoOvershooting(config, demand);
    }
}
