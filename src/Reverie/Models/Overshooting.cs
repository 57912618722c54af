using Reverie.Models.Dynamics;
using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Models;

/// <summary>
/// Latent overshooting (PlaNet §4, eq. 5–7): multi-step priors, rolled out from every posterior of a chunk at once.
/// </summary>
/// <remarks><code>
/// row           0     1     2     3          L = 4 rows, start "0" is the zero state before row 0
/// d = 1   0 → q0   q0→1  q1→2  q2→3          one step from each posterior: the prior of the ELBO
/// d = 2         0 ⇢ 1  q0⇢ 2  q1⇢ 3          the sample of d = 1, one step further
/// d = 3               0 ⇢  2  q0⇢ 3
/// </code>Column j of distance d has its start j and its target j + d − 1, so distance d has L − d + 1 rows and nothing
/// needs padding.</remarks>
public static class Overshooting
{
    /// <summary>The multi-step prior at one distance, with the posterior it is compared with.</summary>
    /// <param name="Distance">d ≥ 2.</param>
    /// <param name="Prior">Parts (L − d + 1, B, ·).</param>
    /// <param name="Target">The posterior of the same rows, without gradient.</param>
    /// <param name="Valid">(L − d + 1, B) bool, false where a reset lies between start and target; null where none does.</param>
    public sealed record Step(int Distance, LatentState Prior, LatentState Target, Tensor? Valid);

    /// <summary>Rolls out distances 2 … <paramref name="distance"/>.</summary>
    /// <param name="dynamics">The model.</param>
    /// <param name="posterior">Parts (L, B, ·); gradients flow into the starts, not into the targets.</param>
    /// <param name="actions">(L, B, A).</param>
    /// <param name="continues">(L, B, 1), or null without resets inside.</param>
    /// <param name="distance">D; at most L is used.</param>
    /// <param name="stopTargets">Cut the gradient into the posteriors compared with (P §4; eq. 6 alone does not).</param>
    /// <param name="noise">Draws what decides the intermediate samples, for that many rows at a time.</param>
    public static IEnumerable<Step> Rollout(LatentDynamics dynamics, LatentState posterior, Tensor actions, Tensor? continues,
        int distance, Func<long, Tensor?> noise, bool stopTargets = true)
    {
        var (length, batch) = (actions.Size(0), actions.Size(1));
        var targets = stopTargets ? posterior.Detach() : posterior;
        var zero = dynamics.Initial(batch).Map(part => part.Unsqueeze(0));
        var state = LatentState.Cat(zero, posterior.Narrow(0, length - 1));                 // starts 0 … L−1, (L, B, ·)
        Tensor? valid = null;
        for (var d = 1; d <= Math.Min(distance, length); d++)
        {
            var rows = length - d + 1;                                                      // targets d − 1 … L − 1
            state = state.Narrow(0, rows).FlattenTime();                                    // (rows·B, ·)
            var action = actions.Narrow(0, d - 1, rows).Flatten(0, 1);
            if (continues is not null)
            {
                // A rollout that runs into a reset starts there from zero, as filtering does, and no longer counts.
                var keep = continues.Narrow(0, d - 1, rows);
                (state, action) = (state.Masked(keep.Reshape(-1, 1)), action * keep.Reshape(-1, 1));
                if (d > 1) valid = valid is null ? keep.Squeeze(-1) : valid.Narrow(0, 0, rows) * keep.Squeeze(-1);
            }
            state = dynamics.PriorStep(state, action, noise(rows * batch)).UnflattenTime(rows);
            if (d > 1) yield return new Step(d, state, targets.Narrow(d - 1, rows), valid?.Gt(0.5));
        }
    }

    /// <summary>Mean over the rows that count; what the others hold, NaN included, does not matter.</summary>
    public static Tensor MaskedMean(Tensor values, Tensor? valid) => MaskedMean(values, valid, Alone.Instance);

    /// <summary>The same where the rows are one rank's share of a batch: the mean over ranks of what this returns is the mean over
    /// the rows of all that count.</summary>
    internal static Tensor MaskedMean(Tensor values, Tensor? valid, IGlobalStatistics batch)
    {
        if (valid is null && batch.Count == 1) return values.Mean();
        // Another rank may have resets where this one has none, and all of them ask.
        valid ??= Tensor.Ones(values.Shape, DType.Bool, values.Device);
        return Tensor.Where(valid, values, Tensor.Scalar(0, values.DType, values.Device)).Sum()
            / batch.Mean(valid.To(values.DType).Sum()).Clamp(1.0 / batch.Count, null);
    }
}
