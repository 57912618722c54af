namespace Reverie.Torch.Distributions;

/// <summary>Independent parts of one event, whose vectors stand one after the other: log-probabilities and entropies of the
/// parts add up.</summary>
public sealed class JointDistribution : Distribution
{
    /// <summary>Puts distributions together.</summary>
    /// <param name="parts">Of the same batch over vectors (batch…, K_i), and each K_i.</param>
    public JointDistribution(params ReadOnlySpan<(Distribution Distribution, long Size)> parts)
    {
        var (all, start) = (new (Distribution, long, long)[parts.Length], 0L);
        for (var i = 0; i < all.Length; start += parts[i].Size, i++)
            all[i] = (parts[i].Distribution, start, parts[i].Size);
        Parts = all;
    }

    /// <summary>Each with the first of its entries and their number.</summary>
    public IReadOnlyList<(Distribution Distribution, long Start, long Size)> Parts { get; }

    /// <inheritdoc/>
    public override Tensor Mean => Joined(part => part.Mean);

    /// <inheritdoc/>
    public override Tensor Mode => Joined(part => part.Mode);

    /// <inheritdoc/>
    public override Tensor Sample(Generator generator) => Joined(part => part.Sample(generator));

    /// <inheritdoc/>
    public override Tensor LogProb(Tensor value) =>
        Sum(part => part.Distribution.LogProb(value.Narrow(-1, part.Start, part.Size)));

    /// <inheritdoc/>
    public override Tensor Entropy() => Sum(part => part.Distribution.Entropy());

    /// <inheritdoc/>
    public override JointDistribution Detach() =>
        new([.. Parts.Select(part => (part.Distribution.Detach(), part.Size))]);

    private Tensor Sum(Func<(Distribution Distribution, long Start, long Size), Tensor> of) =>
        Parts.Select(of).Aggregate((sum, one) => sum + one);

    private Tensor Joined(Func<Distribution, Tensor> of) => Tensor.Cat([.. Parts.Select(part => of(part.Distribution))], -1);
}
