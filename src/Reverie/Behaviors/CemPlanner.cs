using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Behaviors;

/// <summary>
/// Planning by the cross-entropy method in latent space (PlaNet algorithm 2): a Gaussian belief over action sequences
/// is refitted to the best of its own samples. The belief starts anew at every decision; the first mean action is
/// returned.
/// </summary>
/// <remarks>As Pc has it: candidates are clipped before they are scored and refitted, rewards are the head's means,
/// summed without discount, and the spread is the population's with 1e-6 added to the variance (the paper's printed
/// formula is taken for a misprint). One-hot actions have no mean that could be taken, so there the method is that of
/// discrete problems (Rubinstein 1999): the belief holds the probability of each choice at each decision, starts
/// uniform, is refitted to how often the elites made the choice, and answers with the most probable first
/// one. Of actions in groups each group has the belief of its kind; candidates are drawn from all of them and scored as
/// one. Where rows say what may be chosen, the belief of the first action has nothing else.</remarks>
public sealed class CemPlanner : IPlanner
{
    private const double VarianceFloor = 1e-6;      // Pc planning.py

    private readonly int horizon, iterations, candidates, elites;
    private readonly DType precision;
    private readonly ActionGroups? groups;

    /// <summary>Makes the planner; random shooting is one iteration with one elite (P fig. 5).</summary>
    /// <param name="config">H, I, J, K.</param>
    /// <param name="precision">Type that the rollouts compute in.</param>
    /// <param name="groups">What an action is made of; null for continuous entries.</param>
    public CemPlanner(PlannerConfig config, DType precision = DType.Float32, ActionGroups? groups = null)
    {
        (horizon, candidates, this.precision, this.groups) = (config.Horizon, config.Candidates, precision, groups);
        (iterations, elites) = config.Kind == "shooting" ? (1, 1) : (config.Iterations, config.Elites);
    }

    /// <inheritdoc/>
    public Tensor Plan(WorldModel model, LatentState state, Generator noise) => Plan(model, state, noise, null);

    /// <inheritdoc/>
    public Tensor Plan(WorldModel model, LatentState state, Generator noise, Action<Tensor>? considered) =>
        Plan(model, state, noise, considered, null);

    /// <inheritdoc/>
    public Tensor Plan(WorldModel model, LatentState state, Generator noise, Action<Tensor>? considered, Tensor? allowed)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var autocast = new Autocast(precision);
        var count = state.Deter.Size(0);
        // Every candidate of a state starts from the same posterior sample, and carries it in the type computed in.
        var starts = state.Map(part => part.To(precision).Unsqueeze(1).Expand(count, candidates, part.Size(-1)).Flatten(0, 1));  // (N·J, ·)
        Tensor Score(Tensor actions)
        {
            var returns = Returns(model, starts, actions, noise);
            considered?.Invoke(returns);
            return returns;
        }
        var first = groups is { Count: > 1 } or { IsMasked: true } ? SearchGroups(count, groups, noise, Score, allowed)
            : groups is { IsOneHot: true }
            ? new OneHotCategorical(SearchChoices(count, model.ActionSize, noise, Score)[0].Log()).Mode
            : Search(count, model.ActionSize, noise, Score).Mean[0];
        return scope.Return(first.Squeeze(1));                                                                        // (N, A)
    }

    /// <summary>Maximises any score over action sequences.</summary>
    /// <param name="count">N problems at once.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="noise">Source of the candidates.</param>
    /// <param name="score">Candidates (H, N, J, A) in [−1, 1] → scores (N, J).</param>
    /// <returns>Mean and standard deviation of the last belief, (H, N, 1, A).</returns>
    public (Tensor Mean, Tensor Std) Search(long count, int actionSize, Generator noise, Func<Tensor, Tensor> score)
    {
        var mean = Tensor.Zeros([horizon, count, 1, actionSize], device: noise.Device);
        var std = Tensor.Ones([horizon, count, 1, actionSize], device: noise.Device);
        for (var i = 0; i < iterations; i++)
        {
            using var scope = new TensorScope();
            var epsilon = Tensor.Randn([horizon, count, candidates, actionSize], noise);
            var actions = (mean + std * epsilon).Clamp(-1, 1);                                                        // (H, N, J, A)
            var elites = Elites(actions, score);
            (mean, std) = (scope.Return(elites.Mean(2, keepDim: true)),
                scope.Return((elites.Var(2, correction: 0, keepDim: true) + VarianceFloor).Sqrt()));
        }
        return (mean, std);
    }

    /// <summary>Maximises any score over sequences of choices.</summary>
    /// <param name="count">N problems at once.</param>
    /// <param name="choices">A.</param>
    /// <param name="noise">Source of the candidates.</param>
    /// <param name="score">One-hot candidates (H, N, J, A) → scores (N, J).</param>
    /// <returns>Probabilities of the last belief, (H, N, 1, A).</returns>
    public Tensor SearchChoices(long count, int choices, Generator noise, Func<Tensor, Tensor> score)
    {
        var belief = Tensor.Full([horizon, count, 1, choices], 1.0 / choices, device: noise.Device);
        for (var i = 0; i < iterations; i++)
        {
            using var scope = new TensorScope();
            var each = belief.Log().Expand(horizon, count, candidates, choices);
            var elites = Elites(new OneHotCategorical(each).Sample(noise), score);
            belief = scope.Return(elites.Mean(2, keepDim: true));
        }
        return belief;
    }

    /// <summary>Maximises any score over sequences of actions in groups.</summary>
    /// <param name="count">N problems at once.</param>
    /// <param name="groups">What an action is made of.</param>
    /// <param name="noise">Source of the candidates.</param>
    /// <param name="score">Candidates (H, N, J, A), points in [−1, 1] and one-hot choices → scores (N, J).</param>
    /// <param name="allowed">(N, A), 1 for what the first action may choose, else 0; null where everything may.</param>
    /// <returns>The first action of the last belief, (N, 1, A): means, and the most probable choices.</returns>
    public Tensor SearchGroups(long count, ActionGroups groups, Generator noise, Func<Tensor, Tensor> score,
        Tensor? allowed = null)
    {
        // Later actions may choose anything: what is allowed then depends on where a candidate has come to.
        Tensor Alike(ActionGroup group)
        {
            var any = Filled(group, 1.0 / group.Size);
            if (allowed is null) return any;
            var now = allowed.Narrow(-1, group.Start, group.Size).Reshape(1, count, 1, group.Size);
            return Tensor.Cat([now / now.Sum(-1, keepDim: true), any.Narrow(0, 1, horizon - 1)], 0);
        }
        Tensor Filled(ActionGroup group, double value) =>
            Tensor.Full([horizon, count, 1, group.Size], value, device: noise.Device);
        Tensor Draw(ActionGroup group, (Tensor Center, Tensor? Spread) belief) => belief.Spread is { } std
            ? (belief.Center + std * Tensor.Randn([horizon, count, candidates, group.Size], noise)).Clamp(-1, 1)
            : new OneHotCategorical(belief.Center.Log().Expand(horizon, count, candidates, group.Size)).Sample(noise);
        (Tensor Center, Tensor? Spread)[] beliefs = [.. groups.Select(group => group.IsChoice
            ? (Alike(group), (Tensor?)null) : (Filled(group, 0), Filled(group, 1)))];
        for (var i = 0; i < iterations; i++)
        {
            using var scope = new TensorScope();
            var elites = Elites(Tensor.Cat([.. groups.Zip(beliefs, Draw)], -1), score);                               // (H, N, K, A)
            for (var g = 0; g < beliefs.Length; g++)
            {
                var part = elites.Narrow(-1, groups[g].Start, groups[g].Size);
                beliefs[g] = (scope.Return(part.Mean(2, keepDim: true)), groups[g].IsChoice ? null
                    : scope.Return((part.Var(2, correction: 0, keepDim: true) + VarianceFloor).Sqrt()));
            }
        }
        return Tensor.Cat([.. groups.Zip(beliefs, (group, belief) =>
            group.IsChoice ? new OneHotCategorical(belief.Center[0].Log()).Mode : belief.Center[0])], -1);
    }

    // The K best of (H, N, J, A): (H, N, K, A).
    private Tensor Elites(Tensor actions, Func<Tensor, Tensor> score)
    {
        var (count, actionSize) = (actions.Size(1), actions.Size(-1));
        var best = score(actions).TopK(elites).Indices;                                                              // (N, K)
        return actions.Gather(2, best.Reshape(1, count, elites, 1).Expand(horizon, count, elites, actionSize));
    }

    /// <summary>What candidates come to: the rewards that the model predicts along them, summed.</summary>
    /// <param name="model">Whose prior is rolled out.</param>
    /// <param name="state">Where each candidate begins, parts (N·J, ·).</param>
    /// <param name="actions">(H, N, J, A).</param>
    /// <param name="noise">Draws the latents.</param>
    /// <returns>(N, J)</returns>
    internal static Tensor Returns(WorldModel model, LatentState state, Tensor actions, Generator noise)
    {
        var (horizon, count, candidates) = (actions.Size(0), actions.Size(1), actions.Size(2));
        var flat = actions.Reshape(horizon, count * candidates, -1);
        var features = new Tensor[horizon];
        for (long k = 0; k < horizon; k++)
        {
            state = model.Dynamics.PriorStep(state, flat[k], model.Dynamics.Noise([count * candidates], noise));
            features[k] = model.Dynamics.Feature(state);
        }
        var rewards = model.Reward.Forward(Tensor.Stack(features)).Mean;                                              // (H, N·J)
        return rewards.Sum(0).Reshape(count, candidates);
    }
}
