using Reverie.Models;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>What actions are worth in states, (…, F) and (…, A) → (…, outputs): a value, or the logits of a distribution over
/// values. Features and action enter side by side, or the action comes to the second layer (CS).</summary>
public sealed class ActionCritic : Module
{
    private readonly Linear? first;
    private readonly ControlNet net;

    /// <summary>Makes the layers.</summary>
    /// <param name="featureSize">F.</param>
    /// <param name="actionSize">A.</param>
    /// <param name="widths">Of the hidden layers, at least one.</param>
    /// <param name="outputs">Numbers of a result.</param>
    /// <param name="activation">Of the hidden layers.</param>
    /// <param name="firstNorm">As of <see cref="ControlNet"/>.</param>
    /// <param name="actionFirst">Whether the first layer sees the action.</param>
    /// <param name="init">Where parameters come from.</param>
    /// <param name="outScale">Multiplies the initial weight of the last layer.</param>
    public ActionCritic(int featureSize, int actionSize, IReadOnlyList<int> widths, int outputs, string activation,
        bool firstNorm, bool actionFirst, Initializer init, double outScale = 1)
    {
        if (!actionFirst) first = Register("first", new Linear(featureSize, widths[0], init, activation: activation));
        net = Register("net", new ControlNet((actionFirst ? featureSize : widths[0]) + actionSize,
            actionFirst ? widths : [.. widths.Skip(1)], outputs, activation, firstNorm && actionFirst, init, outScale));
    }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor features, Tensor action) =>
        net.Forward(first is null ? features : first.Forward(features), action);
}
