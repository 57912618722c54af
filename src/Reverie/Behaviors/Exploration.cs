using Reverie.Configuration;
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
    /// <param name="oneHot">Whether actions are choices.</param>
    /// <param name="config">How much.</param>
    /// <param name="updates">Of the model so far; ε falls with them.</param>
    /// <param name="noise">Source of the draws.</param>
    /// <returns>(N, A)</returns>
    public static Tensor Choose(Distribution policy, bool explores, bool oneHot, ExplorationConfig config, long updates,
        Generator noise)
    {
        var action = explores ? policy.Sample(noise) : policy.Mode;                         // (N, A)
        if (oneHot)
            return EpsilonGreedy(action, explores ? Epsilon(config, updates) : config.EvaluationEpsilon, noise);
        return explores ? Gaussian(action, config.ActionNoise, noise) : action;
    }

    /// <summary>Normal noise on actions (…, A), kept in their bounds.</summary>
    public static Tensor Gaussian(Tensor action, double deviation, Generator noise) =>
        (action + Tensor.Randn(action.Shape, noise, action.DType) * deviation).Clamp(-1, 1);

    /// <summary>One-hot actions (…, A), each replaced with probability ε by one drawn uniformly.</summary>
    public static Tensor EpsilonGreedy(Tensor action, double epsilon, Generator noise)
    {
        var any = new OneHotCategorical(Tensor.Zeros(action.Shape, action.DType, action.Device)).Sample(noise);
        var explores = Tensor.Rand([.. action.Shape[..^1], 1], noise).Lt(epsilon);          // (…, 1)
        return Tensor.Where(explores, any, action);
    }

    /// <summary>ε after a number of updates: falls along a line that would reach 0 after
    /// <see cref="ExplorationConfig.EpsilonUpdates"/>, and stays at its floor.</summary>
    public static double Epsilon(ExplorationConfig config, long updates) =>
        Math.Max(Math.Min(config.EpsilonFloor, config.Epsilon),
            config.Epsilon * (1 - (double)updates / config.EpsilonUpdates));
}
