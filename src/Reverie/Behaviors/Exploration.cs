using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Behaviors;

/// <summary>What is done to actions so that they try something new.</summary>
public static class Exploration
{
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
