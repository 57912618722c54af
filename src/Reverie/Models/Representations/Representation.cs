using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Ranks;

namespace Reverie.Models.Representations;

/// <summary>What makes latents stand for observations (Dreamer §4): the term of a model's objective that can be
/// exchanged. It may have parameters of its own, which the model's optimizer steps.</summary>
public abstract class Representation : Module
{
    /// <summary>Whether ranks may divide a batch: the loss of a row depends on that row alone, or asks
    /// <see cref="WholeBatch"/> for the others.</summary>
    internal virtual bool IsDivided => false;

    /// <summary>What losses ask of rows that other ranks have.</summary>
    internal IGlobalStatistics WholeBatch { get; set; } = Alone.Instance;

    /// <summary>The chunks of all ranks where each has some, for a loss that compares them: (L, B', ·) → (L, B, ·). The gradient goes
    /// to those of this rank.</summary>
    private protected Tensor OfAll(Tensor mine)
    {
        if (WholeBatch.Count == 1) return mine;
        var all = WholeBatch.All(mine).Reshape([WholeBatch.Count, .. mine.Shape]);
        return Tensor.Cat([.. Enumerable.Range(0, WholeBatch.Count).Select(rank => rank == WholeBatch.Rank ? mine : all[rank])], 1);
    }

    /// <summary>This rank's rows of a loss that each has worked out for all chunks: (L, B) → (L, B'). In it every row depends on the
    /// chunks of this rank, so its gradient is that of all rows, and the mean over ranks that of their mean.</summary>
    private protected Tensor ShareOf(Tensor all)
    {
        if (WholeBatch.Count == 1) return all;
        var (chunks, sum) = (all.Size(1) / WholeBatch.Count, all.Mean() * WholeBatch.Count);
        return all.Narrow(1, WholeBatch.Rank * chunks, chunks).Detach() + (sum - sum.Detach());
    }

    /// <summary>Its losses by name, each (L, B).</summary>
    /// <param name="model">Whose latents they are.</param>
    /// <param name="seen">Preprocessed observations, L·B rows.</param>
    /// <param name="embed">Their embeddings, (L·B, E).</param>
    /// <param name="features">Of posterior states, (L, B, F).</param>
    public abstract Dictionary<string, Tensor> Losses(
        WorldModel model, Observation seen, Tensor embed, Tensor features);

    /// <summary>−ln p(o_t | s_t) for every kind of observation, by its name: a Gaussian of unit variance on every
    /// channel of every pixel, on every entry of a vector.</summary>
    protected static Dictionary<string, Tensor> Decoded(WorldModel model, Observation seen, Tensor features) =>
        model.Decode(features).ToDictionary(part => part.Key,
            part => -part.Value.LogProb(seen[part.Key]).Reshape(features.Size(0), features.Size(1)));
}
