using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>
/// LaProp (Ziyin et al. 2020) behind adaptive gradient clipping: DreamerV3's optimizer. Gradients are normalised by the root
/// of their mean square first, and momentum is that of what comes of it, where Adam takes the momentum of raw gradients:
/// g ← clipped g, v ← β₂·v + (1−β₂)·g², m ← β₁·m + (1−β₁)·g/(√(v/(1−β₂ᵗ)) + ε), θ ← θ − η·m/(1−β₁ᵗ).
/// </summary>
/// <remarks>A gradient whose (1−β₂)·g² is below the smallest normal number counts as 0 (<c>native/torch_laprop.cpp</c>):
/// next to an ε of 1e-20 it would not be small.</remarks>
public sealed class LaProp : Optimizer
{
    private readonly Tensor? owners;       // on a device: of each element of all moments the number of its parameter

    /// <summary>Starts with moments of zero. The parameters stay their module's; the moments are freed by
    /// <see cref="Dispose"/>.</summary>
    public LaProp(IEnumerable<(string Name, Tensor Value)> parameters, LaPropOptions options)
        : this(parameters, options, null)
    {
    }

    /// <summary>The same, and says whether all moments lie in one tensor, as they do on CUDA devices.</summary>
    internal LaProp(IEnumerable<(string Name, Tensor Value)> parameters, LaPropOptions options, bool? together)
        : base(parameters, options.LearningRate, together)
    {
        Options = options;
        if (Together is null) return;
        using var scope = new TensorScope();
        owners = Tensor.Cat(Array.ConvertAll(Enumerable.Range(0, Parameters.Length).ToArray(),
            i => Tensor.Full([Parameters[i].Numel], i, DType.Int32, Parameters[i].Device))).Keep();
    }

    /// <summary>The settings it was made with.</summary>
    public LaPropOptions Options { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        owners?.Dispose();
    }

    /// <summary>η/(1−β₁ᵗ) and 1/(1−β₂ᵗ).</summary>
    private protected override (double First, double Second) NumbersOf(long step)
    {
        var warm = step > Options.WarmUp ? 1 : (double)(step - 1) / Options.WarmUp;
        return (warm * LearningRate / (1 - Math.Pow(Options.Beta1, step)), 1 / (1 - Math.Pow(Options.Beta2, step)));
    }

    private protected override Tensor Move(ReadOnlySpan<Tensor> gradients)
    {
        var norms = GradientClip.Norms(gradients);
        var scales = Options.AgcClip > 0
            ? GradientClip.AdaptiveScales(
                norms, GradientClip.Norms(Parameters), Options.AgcClip, Options.AgcMinimum)
            : Tensor.Ones(norms.Shape, norms.DType, norms.Device);
        if (Together is var (first, second))
            Aten.LaPropTogether_.Run(Parameters, gradients, first, second, owners, scales, Schedule,
                Options.Beta1, Options.Beta2, Options.Epsilon);
        else
            Aten.LaProp_.Run(Parameters, gradients, First, Second, scales, Schedule,
                Options.Beta1, Options.Beta2, Options.Epsilon);
        return norms.Norm();
    }
}
