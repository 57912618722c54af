using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>RMSProp as A3C has it (Mnih et al. 2016, eq. 8–9): v ← α·v + (1 − α)·g², θ ← θ − η·g / √(v + ε).</summary>
/// <remarks>Trap: ε is inside the root, where PyTorch and Adam have it beside. With A3C's ε of 0.1 a step is one of plain
/// gradient descent as long as gradients are well below 0.3.</remarks>
/// <param name="parameters">What is optimised, by name; they stay their module's.</param>
/// <param name="options">Settings.</param>
public sealed class RmsProp(IEnumerable<(string Name, Tensor Value)> parameters, RmsPropOptions options)
    : Optimizer(parameters, options.LearningRate, null)
{
    /// <summary>The settings it was made with.</summary>
    public RmsPropOptions Options { get; } = options;

    private protected override bool HasFirst => false;

    /// <summary>η, and 1 that nobody reads.</summary>
    private protected override (double First, double Second) NumbersOf(long step) => (LearningRate, 1);

    private protected override Tensor Move(ReadOnlySpan<Tensor> gradients)
    {
        var norm = GradientClip.GlobalNorm(gradients);
        var scale = Options.ClipNorm > 0
            ? GradientClip.Scale(norm, Options.ClipNorm)
            : Tensor.Ones([], norm.DType, norm.Device);
        Aten.RmsProp_.Run(Parameters, gradients, Second, scale, Schedule, Options.Decay, Options.Epsilon);
        return norm;
    }
}
