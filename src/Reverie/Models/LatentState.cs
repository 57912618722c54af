using Reverie.Torch;
using Reverie.Torch.Distributions;

namespace Reverie.Models;

/// <summary>
/// A latent state, or a sequence of them: any leading axes, then the sizes named. A part that a model does not have has
/// width 0.
/// </summary>
/// <param name="Deter">h, (…, D): what recurrent units carry.</param>
/// <param name="Stoch">s, (…, S): the sample.</param>
/// <param name="Distribution">What <paramref name="Stoch"/> was drawn from.</param>
public sealed record LatentState(Tensor Deter, Tensor Stoch, LatentDistribution Distribution)
{
    /// <summary>A state drawn from normal distributions.</summary>
    public LatentState(Tensor deter, Tensor stoch, Tensor mean, Tensor std)
        : this(deter, stoch, new GaussianLatent(mean, std))
    {
    }

    /// <summary>Mean of the normal distributions, (…, S).</summary>
    /// <exception cref="InvalidOperationException">The state is not drawn from such.</exception>
    public Tensor Mean => Gaussian.Mean;

    /// <summary>Standard deviation of the normal distributions, (…, S).</summary>
    /// <inheritdoc cref="Mean" path="/exception"/>
    public Tensor Std => Gaussian.Std;

    private GaussianLatent Gaussian => Distribution as GaussianLatent
        ?? throw new InvalidOperationException($"the state has a {Distribution.GetType().Name}, no mean and deviation");

    /// <summary>All parts.</summary>
    public IEnumerable<Tensor> Parts => [Deter, Stoch, .. Distribution.Parts];

    /// <summary>A state of the same kind from other parts, in the order of <see cref="Parts"/>.</summary>
    public LatentState With(IReadOnlyList<Tensor> parts) =>
        new(parts[0], parts[1], Distribution.With([.. parts.Skip(2)]));

    /// <summary>The same function applied to every part.</summary>
    public LatentState Map(Func<Tensor, Tensor> function) =>
        new(function(Deter), function(Stoch), Distribution.Map(function));

    /// <summary>States of successive rows as one sequence, time first.</summary>
    public static LatentState Stack(IReadOnlyList<LatentState> rows) => Join(rows, parts => Tensor.Stack(parts));

    /// <summary>Two sequences one after the other in time.</summary>
    public static LatentState Cat(LatentState first, LatentState then) =>
        Join([first, then], parts => Tensor.Cat(parts));

    private static LatentState Join(IReadOnlyList<LatentState> all, Func<Tensor[], Tensor> join) => new(
        join([.. all.Select(state => state.Deter)]), join([.. all.Select(state => state.Stoch)]),
        LatentDistribution.Join([.. all.Select(state => state.Distribution)], join));

    /// <summary>Rows <paramref name="start"/> … of a sequence, as views.</summary>
    public LatentState Narrow(long start, long length) => Map(part => part.Narrow(0, start, length));

    /// <summary>(L, B, …) as (L·B, …).</summary>
    public LatentState FlattenTime() => Map(part => part.Flatten(0, 1));

    /// <summary>(L·B, …) as (L, B, …).</summary>
    public LatentState UnflattenTime(long length) => Map(part => part.Reshape(length, part.Size(0) / length, part.Size(1)));

    /// <summary>KL divergence of this state's distribution from another's, summed over their dimensions: (…).</summary>
    public Tensor KlTo(LatentState other) => KlTo(other.Distribution);

    /// <inheritdoc cref="KlTo(LatentState)"/>
    public Tensor KlTo(LatentDistribution other) => Kl.Divergence(Distribution.Distribution, other.Distribution);

    /// <summary>Cuts gradients.</summary>
    public LatentState Detach() => Map(part => part.Detach());

    /// <summary>Rows with mask 0 become the zero state; mask (B, 1).</summary>
    public LatentState Masked(Tensor mask) => Map(part => part * mask);
}
