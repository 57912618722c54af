using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>Adam (Kingma and Ba 2015).</summary>
public sealed class Adam : Optimizer
{
    /// <summary>Starts with moments of zero. The parameters stay their module's; the moments are freed by
    /// <see cref="Optimizer.Dispose"/>.</summary>
    public Adam(IEnumerable<(string Name, Tensor Value)> parameters, AdamOptions options)
        : this(parameters, options, null)
    {
    }

    /// <summary>The same, and says whether all moments lie in one tensor, as they do on CUDA devices.</summary>
    internal Adam(IEnumerable<(string Name, Tensor Value)> parameters, AdamOptions options, bool? together)
        : base(parameters, options.LearningRate, together) => Options = options;

    /// <summary>The settings it was made with.</summary>
    public AdamOptions Options { get; }

    /// <summary>[s, e] of a step.</summary>
    /// <remarks>Both conventions are θ ← θ − s·m/(√v + e) with s = η·√(1−β₂ᵗ)/(1−β₁ᵗ). Trap: TensorFlow's e is ε itself
    /// ("epsilon hat"), PyTorch's ε stands beside the corrected √v̂, hence e = ε·√(1−β₂ᵗ). (Kingma and Ba 2015,
    /// §2.)</remarks>
    private protected override (double First, double Second) NumbersOf(long step)
    {
        var root = Math.Sqrt(1 - Math.Pow(Options.Beta2, step));
        var stepSize = LearningRate * root / (1 - Math.Pow(Options.Beta1, step));
        return (stepSize, Options.EpsilonHat ? Options.Epsilon : Options.Epsilon * root);
    }

    private protected override Tensor Move(ReadOnlySpan<Tensor> gradients)
    {
        if (Options.ClipValue > 0) gradients = Clamped(gradients, Options.ClipValue);
        var norm = GradientClip.GlobalNorm(gradients);
        Update(gradients, Options.ClipNorm > 0
            ? GradientClip.Scale(norm, Options.ClipNorm)
            : Tensor.Ones([], norm.DType, norm.Device));
        return norm;
    }

    private static Tensor[] Clamped(ReadOnlySpan<Tensor> gradients, double limit) =>
        Array.ConvertAll(gradients.ToArray(), gradient => gradient.Clamp(-limit, limit));

    private void Update(ReadOnlySpan<Tensor> gradients, Tensor scale)
    {
        var keep = 1 - Options.WeightDecay;
        if (Together is var (first, second))
            Aten.AdamTogether_.Run(
                Parameters, gradients, first, second, scale, Schedule, Options.Beta1, Options.Beta2, keep);
        else
            Aten.Adam_.Run(
                Parameters, gradients, First, Second, scale, Schedule, Options.Beta1, Options.Beta2, keep);
    }
}
