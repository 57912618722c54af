using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Models;

/// <summary>How well queries and keys go together, q W kᵀ: (N, F) and (M, F) → (N, M), of which each row's largest is taken away
/// (CU).</summary>
public sealed class BilinearScores : Module
{
    private readonly Tensor weight;

    /// <summary>Draws W, (F, F), uniformly from [0, 1).</summary>
    public BilinearScores(int size, Initializer init) =>
        weight = Parameter("weight", Tensor.Rand([size, size], init.Generator, init.DType).To(init.Device));

    /// <summary>The scores.</summary>
    public Tensor Forward(Tensor queries, Tensor keys)
    {
        var scores = queries.Matmul(weight).Linear(keys);                               // (N, M)
        return scores - scores.Detach().Amax(-1, keepDim: true);
    }
}
