using Reverie.Torch.Native;

namespace Reverie.Torch.Ranks;

/// <summary>One rank that learns by itself: its own gradients and its own batch are all there is.</summary>
internal sealed class Alone : IGradientAverage, IGlobalStatistics
{
    private Alone()
    {
    }

    /// <summary>The only one.</summary>
    public static Alone Instance { get; } = new();

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public Tensor[] Gradients(Tensor loss, Tensor[] parameters, bool keepGraph = false)
    {
        var gradients = Torch.Grad(loss, parameters, keepGraph);
        using var noGrad = new NoGrad();
        for (var i = 0; i < gradients.Length; i++) gradients[i] ??= Aten.ZerosLike.Call(parameters[i]);
        return gradients!;
    }

    /// <inheritdoc/>
    public Tensor Mean(Tensor value) => value;

    /// <inheritdoc/>
    public Tensor All(Tensor values) => values.Flatten();
}
