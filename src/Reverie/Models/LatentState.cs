using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Models;

/// <summary>
/// A latent state, or a sequence of them: any leading axes, then the sizes named. <see cref="Mean"/> and
/// <see cref="Std"/> are those of the distribution that <see cref="Stoch"/> was drawn from. A part that a model does
/// not have has width 0.
/// </summary>
/// <param name="Deter">h, (…, D): what recurrent units carry.</param>
/// <param name="Stoch">s, (…, S): the sample.</param>
/// <param name="Mean">(…, S).</param>
/// <param name="Std">(…, S), positive.</param>
public sealed record LatentState(Tensor Deter, Tensor Stoch, Tensor Mean, Tensor Std)
{
    /// <summary>The same function applied to every part.</summary>
    public LatentState Map(Func<Tensor, Tensor> function) =>
        new(function(Deter), function(Stoch), function(Mean), function(Std));

    /// <summary>States of successive rows as one sequence, time first.</summary>
    public static LatentState Stack(IReadOnlyList<LatentState> rows)
    {
        Tensor Along(Func<LatentState, Tensor> part) => Tensor.Stack(rows.Select(part).ToArray());
        return new(Along(s => s.Deter), Along(s => s.Stoch), Along(s => s.Mean), Along(s => s.Std));
    }

    /// <summary>Two sequences one after the other in time.</summary>
    public static LatentState Cat(LatentState first, LatentState then) => new(
        Tensor.Cat([first.Deter, then.Deter]), Tensor.Cat([first.Stoch, then.Stoch]),
        Tensor.Cat([first.Mean, then.Mean]), Tensor.Cat([first.Std, then.Std]));

    /// <summary>Rows <paramref name="start"/> … of a sequence, as views.</summary>
    public LatentState Narrow(long start, long length) => Map(part => part.Narrow(0, start, length));

    /// <summary>(L, B, …) as (L·B, …).</summary>
    public LatentState FlattenTime() => Map(part => part.Flatten(0, 1));

    /// <summary>(L·B, …) as (L, B, …).</summary>
    public LatentState UnflattenTime(long length) => Map(part => part.Reshape(length, part.Size(0) / length, part.Size(1)));

    /// <summary>KL divergence of this state's distribution from another's, summed over their dimensions: (…).</summary>
    public Tensor KlTo(LatentState other) => Kl.Normal(Mean, Std, other.Mean, other.Std);

    /// <summary>Cuts gradients.</summary>
    public LatentState Detach() => Map(part => part.Detach());

    /// <summary>Rows with mask 0 become the zero state; mask (B, 1).</summary>
    public LatentState Masked(Tensor mask) => Map(part => part * mask);
}
