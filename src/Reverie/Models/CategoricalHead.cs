using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>Logits of V categorical variables of K classes each: (…, in) → (…, V·K), in the type of the parameters even
/// where layers compute in a narrower one.</summary>
public sealed class CategoricalHead : LatentHead
{
    private readonly Linear logits;
    private readonly int classes;
    private readonly double unimix;

    /// <summary>Makes the layer for <see cref="ModelConfig.Stoch"/> variables.</summary>
    public CategoricalHead(long inputs, ModelConfig config, Initializer init)
    {
        logits = Register("logits", new Linear(inputs, config.Stoch * config.Classes, init));
        (classes, unimix) = (config.Classes, config.Unimix);
    }

    /// <inheritdoc/>
    public override CategoricalLatent Forward(Tensor x) =>
        new(logits.Forward(x).To(logits.Weight.DType), classes, unimix);
}
