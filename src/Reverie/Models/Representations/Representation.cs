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
