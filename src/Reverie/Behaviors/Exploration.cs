using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Behaviors;

/// <summary>What is done to actions so that they try something new.</summary>
public static class Exploration
{
    /// <summary>What a policy does: a sample with noise, or, of choices, perhaps another one; without exploration its
    /// mode, of choices with the ε of evaluation.</summary>
    /// <param name="policy">Distributions over actions (N, A).</param>
    /// <param name="explores">Whether to collect, or to be evaluated.</param>
    /// <param name="groups">What actions are made of.</param>
    /// <param name="config">How much.</param>
    /// <param name="updates">Of the model so far; ε falls with them.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="allowed">(N, A), 1 for what may be chosen, else 0; null where everything may.</param>
    /// <returns>(N, A)</returns>
    public static Tensor Choose(Distribution policy, bool explores, ActionGroups groups, ExplorationConfig config,
        long updates, Generator noise, Tensor? allowed = null) => Apply(explores ? policy.Sample(noise) : policy.Mode, groups,      // (N, A)
            explores ? Epsilon(config, updates) : config.EvaluationEpsilon, explores ? config.ActionNoise : null, noise, allowed);

    /// <summary>Actions with noise, each group by itself.</summary>
    /// <param name="action">(…, A).</param>
    /// <param name="groups">What actions are made of.</param>
    /// <param name="epsilon">Probability that a choice is replaced by one drawn uniformly.</param>
    /// <param name="deviation">Of the normal noise on continuous entries; null for none.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <param name="allowed">(…, A), 1 for what may be chosen, else 0; null where everything may.</param>
    public static Tensor Apply(Tensor action, ActionGroups groups, double epsilon, double? deviation, Generator noise,
        Tensor? allowed = null)
    {
        Tensor Of(Tensor part, ActionGroup group) => group.IsChoice
            ? EpsilonGreedy(part, epsilon, noise, allowed?.Narrow(-1, group.Start, group.Size))
            : deviation is { } spread ? Gaussian(part, spread, noise) : part;
        return groups.Count == 1 ? Of(action, groups[0]) : Tensor.Cat(
            [.. groups.Select(group => Of(action.Narrow(-1, group.Start, group.Size), group))], -1);
    }

    /// <summary>The action that needs no draw: the mode, and of a normal distribution squashed by tanh the median.</summary>
    /// <param name="policy">Distributions over actions (N, A).</param>
    /// <returns>(N, A)</returns>
    public static Tensor MostProbable(Distribution policy) => policy switch
    {
        TanhNormal squashed => squashed.Median,
        JointDistribution joint => Tensor.Cat([.. joint.Parts.Select(part => MostProbable(part.Distribution))], -1),
        _ => policy.Mode,
    };

    /// <summary>Normal noise on actions (…, A), kept in their bounds.</summary>
    public static Tensor Gaussian(Tensor action, double deviation, Generator noise) =>
        (action + Tensor.Randn(action.Shape, noise, action.DType) * deviation).Clamp(-1, 1);

    /// <summary>One-hot actions (…, A), each replaced with probability ε by one drawn uniformly from what is allowed.</summary>
    public static Tensor EpsilonGreedy(Tensor action, double epsilon, Generator noise, Tensor? allowed = null)
    {
        var alike = Tensor.Zeros(action.Shape, action.DType, action.Device);
        var any = new OneHotCategorical(allowed is null ? alike : Masking.Logits(alike, allowed)).Sample(noise);
        var explores = Tensor.Rand([.. action.Shape[..^1], 1], noise).Lt(epsilon);          // (…, 1)
        return Tensor.Where(explores, any, action);
    }

    /// <summary>ε after a number of updates: falls along a line that would reach 0 after
    /// <see cref="ExplorationConfig.EpsilonUpdates"/>, and stays at its floor.</summary>
    public static double Epsilon(ExplorationConfig config, long updates) =>
        Math.Max(Math.Min(config.EpsilonFloor, config.Epsilon),
            config.Epsilon * (1 - (double)updates / config.EpsilonUpdates));
}
