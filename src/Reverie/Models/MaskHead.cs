using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>What may be chosen in a state, as a Bernoulli for each entry of the action: (…, F) → (…, A). Where the
/// environment has masks, imagination has none but this.</summary>
public sealed class MaskHead : Module
{
    private readonly Mlp mlp;
    private readonly ActionGroups groups;

    /// <summary>Makes the layers.</summary>
    public MaskHead(int featureSize, ActionGroups groups, int layers, int units, string activation, Initializer init,
        string norm = "none")
    {
        this.groups = groups;
        mlp = Register("mlp", new Mlp(featureSize, layers, units, groups.Size, activation, init, norm));
    }

    /// <summary>−ln p of masks, in nats summed over the entries of choices: (…).</summary>
    /// <param name="features">(…, F).</param>
    /// <param name="mask">(…, A), 1 or 0.</param>
    public Tensor Loss(Tensor features, Tensor mask)
    {
        var logits = mlp.Forward(features).To(DType.Float32);
        var losses = logits.Softplus() - mask * logits;                                     // (…, A)
        return groups.Where(group => group.IsChoice).Select(group => losses.Narrow(-1, group.Start, group.Size).Sum(-1))
            .Aggregate((sum, one) => sum + one);
    }

    /// <summary>What is more probably allowed than not, and of each choice the most probable at least: (…, A), 1 or 0, without
    /// gradient.</summary>
    public Tensor Allowed(Tensor features)
    {
        using var noGrad = new NoGrad();
        var logits = mlp.Forward(features.Detach()).To(DType.Float32);
        return Tensor.Cat([.. groups.Select(group =>
        {
            var part = logits.Narrow(-1, group.Start, group.Size);
            var likely = part.Gt(0).To(DType.Float32);
            return group.IsChoice ? likely.Maximum(new OneHotCategorical(part).Mode) : likely * 0 + 1;
        })], -1);
    }
}
