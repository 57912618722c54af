namespace Reverie.Torch.Ranks;

/// <summary>What an optimizer asks before it clips and steps: the gradients of all that learn together.</summary>
internal interface IGradientAverage
{
    /// <summary>The mean over all ranks of each gradient. Where each rank's loss is a mean over its equal share of a batch, that
    /// is the gradient of the mean over the whole batch. Every rank calls it, in the same order.</summary>
    /// <param name="gradients">Of one rank, in the order of the parameters; they stay as they are.</param>
    /// <returns>As many of the same shapes, in the caller's scope.</returns>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    Tensor[] Average(Tensor[] gradients);
}
