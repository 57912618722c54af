using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Agents;

/// <summary>
/// PlaNet (Hafner et al. 2019, "Learning Latent Dynamics for Planning from Pixels"): a latent model learned by the
/// evidence lower bound on observations and rewards, and actions planned in it anew at every decision. There is no policy.
/// </summary>
/// <remarks><code>
/// row t of a chunk      0        1        2        action[t] led to o[t] and reward[t]
/// action               a_0      a_1      a_2       (a_0 = 0 and reward 0 on the row of a reset)
/// posterior     zero → q_0   →  q_1   →  q_2       q_t has seen o[t]; p_t is one step from q_{t−1}
/// losses               t=0      t=1      t=2       o[t], reward[t] from q_t; KL(q_t ‖ p_t); every row counts
/// </code></remarks>
public sealed class PlaNet : ModelAgent, IPlanningAgent
{
    /// <summary>How it is known before one is made.</summary>
    public static AgentKind Kind { get; } = new()
    {
        Name = "planet",
        Make = (config, layout, device, precision) => new PlaNet(config, layout, device, precision),
        LearnsFromEpisodes = true,
        LearnsSeveralTasks = true,
        LearnsInRanks = true,
        Timed = ["update", "act", "plan", "replay"],
    };

    private const double RandomCollectionNoise = 1;     // Pc: train_action_noise 1.0 around an empty plan

    private readonly IPlanner planner;

    /// <summary>Makes the agent with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of planning; losses and parameters stay float32.</param>
    public PlaNet(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
        : base(config, layout, device, precision) =>
        planner = PlannerRegistry.Create(config.Planner, precision, layout.Groups);

    /// <summary>What chooses the actions.</summary>
    public IPlanner Planner => planner;

    /// <summary>Algorithm 1, line "model fitting": θ ← θ − α ∇ L(θ) on one batch of chunks.</summary>
    protected override Dictionary<string, Tensor> Learn(ModelBatch batch, Generator noise, bool behavior)
    {
        var total = Total(Losses(batch, noise, out var measures), measures);
        measures["gradient_norm"] = ModelOptimizer.Apply(total);
        measures["loss"] = total.Detach();
        return measures;
    }

    /// <summary>The variational bound of equation 3, negated, by its terms. Each is (L, B), nats summed over pixels, entries
    /// or latent dimensions; only overshooting, whose rows differ in number, comes as a mean already.</summary>
    /// <param name="batch">Rows, preprocessed.</param>
    /// <param name="noise">Source of the samples.</param>
    /// <param name="measures">What is to be logged.</param>
    public Dictionary<string, Tensor> Losses(ModelBatch batch, Generator noise, out Dictionary<string, Tensor> measures)
    {
        var embed = Model.Embed(batch.Seen);                                            // (L·B, E)
        var (posterior, prior) = Model.Filter(embed, batch, noise);                     // (L, B, ·)
        var features = Model.Dynamics.Feature(posterior);                               // (L, B, F)
        var divergence = posterior.KlTo(prior);                                         // (L, B)

        // −ln p(o_t | s_t, h_t)
        var losses = Representation.Losses(Model, batch.Seen, embed, features);
        // −ln p(r_t | s_t, h_t)
        if (Model.Mask is { } mask) losses["mask"] = mask.Loss(features, batch.Mask!);
        losses["reward"] = -Model.Reward.Forward(features).LogProb(Model.RewardTarget(batch.Reward));
        // KL(q(s_t | h_t, o_t) ‖ p(s_t | h_t)), free below its nats on every row
        losses["kl"] = FreeNats.Apply(Config.Loss, divergence, WholeBatch);
        if (Config.Loss.KlPrior > 0)
            losses["kl_prior"] = FreeNats.Apply(Config.Loss, posterior.Detach().KlTo(prior), WholeBatch);
        if (Config.Loss.GlobalPrior > 0)
            losses["global_prior"] = posterior.KlTo(posterior.Distribution.Standard);
        if (Config.Loss.Overshooting.Distance > 1)
            Overshoot(losses, posterior, batch, noise);

        measures = [];
        MeasureLatents(posterior, prior, divergence, measures);
        return losses;
    }

    /// <summary>Equations 6 and 7. Distances beyond 1 compare multi-step priors with posteriors that they move towards:
    /// (1/(D−1)) Σ_d β_d · mean over the rows that distance d has.</summary>
    private void Overshoot(Dictionary<string, Tensor> losses, LatentState posterior, ModelBatch batch, Generator noise)
    {
        var config = Config.Loss.Overshooting;
        var distance = (int)Math.Min(config.Distance, batch.Length);
        var divergences = new List<Tensor>();
        var rewards = new List<Tensor>();
        Tensor Noise(long rows) => Model.Dynamics.Noise([rows], noise);
        foreach (var step in Overshooting.Rollout(Model.Dynamics, posterior, batch.Action, batch.Continues, distance, Noise, stopTargets: !config.Fixed))
        {
            if (config.Fixed && step.Distance < distance) continue;
            var beta = config.Betas.Count >= step.Distance ? config.Betas[step.Distance - 1] : config.Beta;
            var divergence = FreeNats.Apply(Config.Loss, step.Target.KlTo(step.Prior), WholeBatch);
            divergences.Add(Overshooting.MaskedMean(divergence, step.Valid, WholeBatch) * beta);
            if (config.Reward > 0)
            {
                var target = Model.RewardTarget(batch.Reward).Narrow(0, step.Distance - 1, batch.Length - step.Distance + 1);
                rewards.Add(Overshooting.MaskedMean(
                    -Model.Reward.Forward(Model.Dynamics.Feature(step.Prior)).LogProb(target), step.Valid, WholeBatch) * beta);
            }
        }
        // Fixed overshooting replaces the one-step divergence; otherwise it stands beside it, with its own weight β_1.
        if (config.Fixed) losses["kl"] = Tensor.Stack(divergences.ToArray()).Mean();
        else
        {
            if (config.Betas.Count > 0) losses["kl"] *= config.Betas[0];
            losses["overshooting"] = Tensor.Stack(divergences.ToArray()).Mean();
        }
        if (rewards.Count > 0) losses["overshooting_reward"] = Tensor.Stack(rewards.ToArray()).Mean();
    }

    /// <summary>Algorithm 1, the body of its inner loop once the state is filtered: plan, explore.</summary>
    protected override Tensor Choose(LatentState belief, Generator noise, ActMode mode, Tensor? allowed)
    {
        if (mode == ActMode.Collect && Config.Planner.Collection == "random")
            return Explore(Tensor.Zeros([belief.Stoch.Size(0), Model.ActionSize], device: Device), RandomCollectionNoise);
        var action = planner.Plan(Model, belief, noise, null, allowed);
        return mode == ActMode.Collect ? Explore(action, Config.Planner.ActionNoise) : action;

        // Noise of that deviation; of choices, it is the probability of a random one (ours: PlaNet has none).
        Tensor Explore(Tensor action, double deviation) =>
            Exploration.Apply(action, Model.Layout.Groups, deviation, deviation, noise, allowed);
    }

    /// <inheritdoc/>
    internal override bool Plans => true;

    /// <inheritdoc/>
    protected override string KindOfChoice(ActMode mode) => $"{mode}";      // its noise does not change
}
