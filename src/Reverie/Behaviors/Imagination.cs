using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Roll-outs of a policy inside a latent model.</summary>
/// <remarks><code>
/// row k            0           1           2       …      H
/// action                      a_1         a_2            a_H        a_k ~ π(x_{k−1}) leads to row k, as in replay
/// state     start s_0    →    s_1    →    s_2   →  …  →  s_H        s_k ~ p(s_k | s_{k−1}, a_k)
/// feature         x_0         x_1         x_2            x_H        reward and value of row k are read from x_k
/// </code></remarks>
public static class Imagination
{
    /// <summary>What was imagined from N states.</summary>
    /// <param name="Features">(H + 1, N, F); row 0 is the start's.</param>
    /// <param name="Actions">(H, N, A); entry k − 1 leads to row k.</param>
    public sealed record Trajectory(Tensor Features, Tensor? Actions)
    {
        /// <summary>Features of the states arrived at, (H, N, F).</summary>
        public Tensor Arrived => Features.Narrow(0, 1, Features.Size(0) - 1);
    }

    /// <summary>Rolls out.</summary>
    /// <param name="dynamics">The model, whose samples let gradients through.</param>
    /// <param name="start">Parts (N, ·).</param>
    /// <param name="policy">Features (N, F) → actions (N, A). Dreamer's cuts the gradient of what it is given: an
    /// action then moves the return through the states it leads to, not through the actions chosen in them.</param>
    /// <param name="horizon">H; 0 imagines nothing.</param>
    /// <param name="noise">Source of the states' samples.</param>
    public static Trajectory Rollout(LatentDynamics dynamics, LatentState start, Func<Tensor, Tensor> policy,
        int horizon, Generator noise)
    {
        var features = new List<Tensor> { dynamics.Feature(start) };                        // (N, F)
        var actions = new List<Tensor>();
        var state = start;
        for (var k = 1; k <= horizon; k++)
        {
            actions.Add(policy(features[^1]));                                              // (N, A)
            var epsilon = dynamics.Noise([start.Deter.Size(0)], noise, start.Stoch.DType);
            state = dynamics.PriorStep(state, actions[^1], epsilon);
            features.Add(dynamics.Feature(state));
        }
        return new(Tensor.Stack(features.ToArray()), horizon > 0 ? Tensor.Stack(actions.ToArray()) : null);
    }
}
