using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Representations;

/// <summary>
/// J_S = ln q(x_t | o_t) − ln Σ_o' q(x_t | o'): latents that their own observation predicts better than those of other
/// rows do (Dreamer §4, eq. 11). A state head makes a normal density over features of each embedding. The decoder only
/// watches.
/// </summary>
/// <remarks>In place of other observations for the same state, D1 takes other states for the same observation, and
/// those of a window of rolled rows in place of all; both are settings here.</remarks>
public sealed class Contrastive : Representation
{
    private const double MinStd = 0.01;                 // D1: softplus(raw + ln(e − 1)) + 0.01
    private static readonly double UnitStd = Math.Log(Math.E - 1);

    private readonly ContrastiveConfig config;
    private readonly Mlp state;
    private readonly int features;

    /// <summary>Makes the state head.</summary>
    public Contrastive(ContrastiveConfig config, WorldModel model, Initializer init)
    {
        (this.config, features) = (config, model.Dynamics.FeatureSize);
        state = Register("state",
            new Mlp(model.Encoder.EmbedSize, config.Layers, config.Units, 2 * features, "elu", init));
    }

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> Losses(WorldModel model, Observation seen, Tensor embed, Tensor features)
    {
        var (length, batch) = (features.Size(0), features.Size(1) * WholeBatch.Count);
        var losses = Decoded(model, seen, features.Detach());
        var mine = state.Forward(embed).To(features.DType).Reshape(length, features.Size(1), -1);
        var outputs = OfAll(mine).Flatten(0, 1);                                           // (N, 2F), N = L·B
        var std = (outputs.Narrow(-1, this.features, this.features) + UnitStd).Softplus() + MinStd;
        var mean = outputs.Narrow(-1, 0, this.features);
        var scores = LogDensities(OfAll(features).Flatten(0, 1), mean, std);                // (states, observations)
        if (config.Negatives == "states") scores = scores.Transpose(0, 1);
        losses["contrastive"] = ShareOf((config.WindowRolls ? Rolled(scores, length, batch) : InfoNce.CrossEntropy(scores))
            .Reshape(length, batch));
        return losses;
    }

    /// <inheritdoc/>
    internal override bool IsDivided => true;

    /// <summary>ln N(x_i; μ_j, σ_j) of every state i under the density of every observation j, as one product:
    /// Σ_d (x − μ)²/σ² = [x², x] · [1/σ², −2μ/σ²] + Σ_d μ²/σ².</summary>
    /// <param name="states">x, (N, F).</param>
    /// <param name="mean">μ, (M, F).</param>
    /// <param name="std">σ, (M, F).</param>
    /// <returns>(N, M).</returns>
    public static Tensor LogDensities(Tensor states, Tensor mean, Tensor std)
    {
        var precision = std.Square().Reciprocal();
        var weighted = mean * precision;
        var constant = (mean * weighted + std.Log() * 2 + Math.Log(2 * Math.PI)).Sum(-1);   // (M)
        var squares = Tensor.Cat([states.Square(), states], -1).Linear(Tensor.Cat([precision, weighted * -2], -1));
        return (squares + constant) * -0.5;                                                 // (N, M)
    }

    /// <summary>Cross-entropy of each row's own entry among those of rows up to 5 chunks and 15 decisions away, counted
    /// around the ends of the batch (D1): 10 · 30 candidates, itself among them.</summary>
    /// <param name="scores">(N, N), N = L·B.</param>
    /// <param name="length">L.</param>
    /// <param name="batch">B.</param>
    public static Tensor Rolled(Tensor scores, long length, long batch)
    {
        var candidates = new long[length * batch * 300];
        var next = 0;
        for (var t = 0; t < length; t++)
            for (var b = 0; b < batch; b++)
                for (var dt = -15; dt < 15; dt++)
                    for (var db = -5; db < 5; db++)
                        candidates[next++] = Around(t + dt, length) * batch + Around(b + db, batch);
        var index = Tensor.FromArray(candidates, [length * batch, 300], scores.Device);
        return scores.Gather(1, index).LogSumExp(-1) - scores.Diagonal();
    }

    private static long Around(long i, long count) => (i % count + count) % count;
}
