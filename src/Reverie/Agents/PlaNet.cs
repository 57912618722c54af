using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

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
public sealed class PlaNet : IAgent
{
    private const double RandomCollectionNoise = 1;     // Pc: train_action_noise 1.0 around an empty plan

    private readonly Config _config;
    private readonly WorldModel _model;
    private readonly Adam _optimizer;
    private readonly IPlanner _planner;

    /// <summary>Makes the agent with new parameters.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="layout">What its environment gives and takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Type of convolutions and of planning; losses and parameters stay float32.</param>
    public PlaNet(Config config, EpisodeLayout layout, Device device, DType precision = DType.Float32)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, RandomSource.Derive((ulong)config.Seed, RandomStream.Parameters).NextUInt64());
        (_config, Device) = (config, device);
        _model = new WorldModel(config.Model, layout, precision, new Initializer(device, random));
        _optimizer = new Adam(_model.NamedParameters(), new AdamOptions
        {
            LearningRate = config.Optimizer.LearningRate,
            Epsilon = config.Optimizer.Epsilon,
            EpsilonHat = config.Optimizer.EpsilonHat,
            ClipNorm = config.Optimizer.ClipNorm,
        });
        _planner = new CemPlanner(config.Planner, precision, layout.OneHot);
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>The learned model.</summary>
    public WorldModel Model => _model;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Module> Modules => new Dictionary<string, Module> { ["model"] = _model };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Adam> Optimizers => new Dictionary<string, Adam> { ["model"] = _optimizer };

    /// <summary>Algorithm 1, line "model fitting": θ ← θ − α ∇ L(θ) on one batch of chunks.</summary>
    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device, seed);
        var losses = Losses(ModelBatch.From(batch, Device), noise, (long)seed, out var measures);
        var total = losses.Select(loss => loss.Value.Mean() * Scale(loss.Key)).Aggregate((sum, term) => sum + term);
        measures["gradient_norm"] = _optimizer.Step(total);
        measures["loss"] = total.Detach();
        foreach (var (name, loss) in losses) measures[$"loss_{name}"] = loss.Detach().Mean();
        foreach (var measure in measures.Values) scope.Return(measure);
        return measures;
    }

    /// <summary>The variational bound of equation 3, negated, by its terms. Each is (L, B), nats summed over pixels, entries
    /// or latent dimensions; only overshooting, whose rows differ in number, comes as a mean already.</summary>
    public Dictionary<string, Tensor> Losses(ModelBatch batch, Generator noise, long noiseSeed, out Dictionary<string, Tensor> measures)
    {
        var seen = _model.Preprocess(batch.Seen, noiseSeed);                            // L·B rows
        var (posterior, prior) = _model.Observe(seen, batch, noise);                    // (L, B, ·)
        var features = _model.Dynamics.Feature(posterior);                              // (L, B, F)
        var divergence = posterior.KlTo(prior);                                  // (L, B)

        var losses = new Dictionary<string, Tensor>();
        // −ln p(o_t | s_t, h_t): a Gaussian of unit variance on every channel of every pixel, on every entry of a vector
        foreach (var (kind, prediction) in _model.Decode(features))
            losses[kind] = -prediction.LogProb(seen[kind]).Reshape(batch.Length, batch.Batch);
        // −ln p(r_t | s_t, h_t)
        losses["reward"] = -_model.Reward.Forward(features).LogProb(batch.Reward);
        // KL(q(s_t | h_t, o_t) ‖ p(s_t | h_t)), free below its nats on every row
        losses["kl"] = Free(divergence);
        if (_config.Loss.GlobalPrior > 0)
            losses["global_prior"] = posterior.KlTo(StandardNormal(posterior));
        if (_config.Loss.Overshooting.Distance > 1)
            Overshoot(losses, posterior, batch, noise);

        measures = new() { ["kl"] = divergence.Detach().Mean(), ["posterior_std"] = posterior.Std.Detach().Mean(), ["prior_std"] = prior.Std.Detach().Mean() };
        return losses;
    }

    /// <summary>Equations 6 and 7. Distances beyond 1 compare multi-step priors with posteriors that they move towards:
    /// (1/(D−1)) Σ_d β_d · mean over the rows that distance d has.</summary>
    private void Overshoot(Dictionary<string, Tensor> losses, LatentState posterior, ModelBatch batch, Generator noise)
    {
        var config = _config.Loss.Overshooting;
        var distance = (int)Math.Min(config.Distance, batch.Length);
        var divergences = new List<Tensor>();
        var rewards = new List<Tensor>();
        Tensor Noise(long rows) => Tensor.Randn([rows, _model.Dynamics.StochSize], noise);
        foreach (var step in Overshooting.Rollout(_model.Dynamics, posterior, batch.Action, batch.Continues, distance, Noise, stopTargets: !config.Fixed))
        {
            if (config.Fixed && step.Distance < distance) continue;
            var beta = config.Betas.Count >= step.Distance ? config.Betas[step.Distance - 1] : config.Beta;
            divergences.Add(Overshooting.MaskedMean(Free(step.Target.KlTo(step.Prior)), step.Valid) * beta);
            if (config.Reward > 0)
            {
                var target = batch.Reward.Narrow(0, step.Distance - 1, batch.Length - step.Distance + 1);
                rewards.Add(Overshooting.MaskedMean(
                    -_model.Reward.Forward(_model.Dynamics.Feature(step.Prior)).LogProb(target), step.Valid) * beta);
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

    private double Scale(string loss) => loss switch
    {
        "image" => _config.Loss.Image,
        "vector" => _config.Loss.Vector,
        "reward" => _config.Loss.Reward,
        "kl" or "overshooting" => _config.Loss.Kl,
        "global_prior" => _config.Loss.GlobalPrior,
        "overshooting_reward" => _config.Loss.Overshooting.Reward,
        _ => throw new InvalidOperationException($"the loss '{loss}' has no scale in the configuration"),
    };

    /// <inheritdoc/>
    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    /// <summary>Algorithm 1, the body of its inner loop: filter, plan, explore.</summary>
    /// <exception cref="ArgumentException">The number of observations is not that of the state.</exception>
    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        if (observations.Length != state.Count)
            throw new ArgumentException($"Act: {observations.Length} observations for a state of {state.Count} environments", nameof(observations));
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var belief = Filter(observations, state);                                       // q(s_t | o_≤t, a_<t)
        Tensor action;
        if (mode == ActMode.Evaluate) action = _planner.Plan(_model, belief, state.Noise);
        else if (_config.Planner.Collection == "random") action = Explore(Tensor.Zeros([state.Count, _model.ActionSize], device: Device), RandomCollectionNoise, state);
        else action = Explore(_planner.Plan(_model, belief, state.Noise), _config.Planner.ActionNoise, state);
        var result = action.ToArray<float>();
        state.Remember(belief, action);         // the action with its noise is the one that happens
        return result;
    }

    private LatentState Filter(ReadOnlySpan<TimeStep> observations, AgentState state)
    {
        var dynamics = _model.Dynamics;
        var continues = new float[observations.Length];
        for (var n = 0; n < continues.Length; n++) continues[n] = observations[n].IsFirst ? 0 : 1;
        var mask = Tensor.FromArray(continues, [continues.Length, 1], Device);
        var previous = (state.Latent ?? dynamics.Initial(state.Count)).Masked(mask);
        var action = (state.Action ?? Tensor.Zeros([state.Count, _model.ActionSize], device: Device)) * mask;
        var seen = Observation.From(observations, _model.Layout, Device);
        var embed = _model.Embed(_model.Preprocess(seen, (long)state.Random.NextUInt64()));
        var epsilon = Tensor.Randn([state.Count, dynamics.StochSize], state.Noise);
        return dynamics.PosteriorStep(previous, action, dynamics.PriorStep(previous, action, null), embed, epsilon);
    }

    // Noise of that deviation; where actions are choices, it is the probability of a random one (ours: PlaNet has none).
    private Tensor Explore(Tensor action, double deviation, AgentState state) => _model.Layout.OneHot
        ? Exploration.EpsilonGreedy(action, deviation, state.Noise)
        : Exploration.Gaussian(action, deviation, state.Noise);

    // max(0, KL − free nats) per row, before any mean (§2.5 of the code behind the paper; the value is shifted, the
    // gradient is that of max(KL, free nats)).
    private Tensor Free(Tensor divergence) => (divergence - _config.Loss.FreeNats).Relu();

    private static LatentState StandardNormal(LatentState like) =>
        like with { Mean = Tensor.Zeros(like.Mean.Shape, device: like.Mean.Device), Std = Tensor.Ones(like.Std.Shape, device: like.Std.Device) };

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }
}
