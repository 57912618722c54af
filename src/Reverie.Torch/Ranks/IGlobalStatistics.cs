namespace Reverie.Torch.Ranks;

/// <summary>What a loss asks that depends on the whole batch in another way than by a mean over its rows: whether a mean
/// divergence is above its free nats, percentiles of returns, how many rows count. Every rank calls it, in the same order.
/// </summary>
internal interface IGlobalStatistics
{
    /// <summary>How many ranks there are; 1 for one alone.</summary>
    int Count { get; }

    /// <summary>The number of this one, from 0.</summary>
    int Rank { get; }

    /// <summary>The mean over ranks of a value, without gradient; the shape stays.</summary>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    Tensor Mean(Tensor value);

    /// <summary>The values of all ranks, those of the first rank first: (Count·n) of tensors with n elements each, without
    /// gradient.</summary>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    Tensor All(Tensor values);
}
