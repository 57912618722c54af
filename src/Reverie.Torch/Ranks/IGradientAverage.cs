namespace Reverie.Torch.Ranks;

/// <summary>What an optimizer asks before it clips and steps: the gradients of all that learn together.</summary>
internal interface IGradientAverage
{
    /// <summary>The mean over all ranks of each gradient of a scalar. Where each rank's loss is a mean over its equal share of a
    /// batch, that is the gradient of the mean over the whole batch. Every rank calls it, in the same order.</summary>
    /// <param name="loss">This rank's.</param>
    /// <param name="parameters">With respect to these and nothing else.</param>
    /// <param name="keepGraph">Whether another loss is still to be differentiated through the same operations.</param>
    /// <returns>One of each parameter's shape, zero where the loss does not depend on it, in the caller's scope.</returns>
    /// <exception cref="ReverieException">Another rank cannot be reached any more.</exception>
    Tensor[] Gradients(Tensor loss, Tensor[] parameters, bool keepGraph = false);
}
