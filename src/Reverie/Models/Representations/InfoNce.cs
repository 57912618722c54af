using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models.Representations;

/// <summary>
/// InfoNCE (van den Oord et al. 2018) in the form of R2: a linear map of the feature picks its own embedding out of
/// all of the batch. Embeddings are targets and take no gradient from it. The decoder only watches.
/// </summary>
public sealed class InfoNce : Representation
{
    private readonly Linear projection;

    /// <summary>Makes the projection.</summary>
    public InfoNce(WorldModel model, Initializer init) => projection = Register("projection",
        new Linear(model.Dynamics.FeatureSize, model.Encoder.EmbedSize, init, bias: false));

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> Losses(WorldModel model, Observation seen, Tensor embed, Tensor features)
    {
        var losses = Decoded(model, seen, features.Detach());
        var picked = WholeBatch.Count == 1 ? embed.Detach() : WholeBatch.All(embed).Reshape(-1, embed.Size(-1));    // (M, E)
        var scores = projection.Forward(features.Flatten(0, 1)).Linear(picked);            // (N, M)
        losses["infonce"] = CrossEntropy(scores, WholeBatch.Rank).Reshape(features.Size(0), features.Size(1));
        return losses;
    }

    /// <inheritdoc/>
    internal override bool IsDivided => true;

    /// <summary>How badly each row's own entry, that on the diagonal, stands out: −ln softmax, (N, N) → (N).</summary>
    public static Tensor CrossEntropy(Tensor scores) => scores.LogSumExp(-1) - scores.Diagonal();

    /// <summary>The same of one rank's rows among those of all, (N, M), whose own entries are the N of this rank.</summary>
    internal static Tensor CrossEntropy(Tensor scores, int rank) => scores.Size(0) == scores.Size(1) ? CrossEntropy(scores)
        : scores.LogSumExp(-1) - scores.Narrow(1, rank * scores.Size(0), scores.Size(0)).Diagonal();
}
