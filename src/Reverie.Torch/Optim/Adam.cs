using Reverie.Torch.Native;

namespace Reverie.Torch.Optim;

/// <summary>
/// Adam (Kingma and Ba 2015) over a fixed list of parameters. It differentiates the loss with respect to these and
/// nothing else, so other modules that the loss passes through receive no gradient.
/// </summary>
public sealed class Adam : IDisposable
{
    private readonly string[] _names;
    private readonly Tensor[] _parameters, _first, _second;

    /// <summary>Starts with moments of zero. The parameters stay their module's; the moments are freed by
    /// <see cref="Dispose"/>.</summary>
    public Adam(IEnumerable<(string Name, Tensor Value)> parameters, AdamOptions options)
    {
        var all = parameters.ToArray();
        if (all.Length == 0) throw new ArgumentException("Adam: there is no parameter to optimise", nameof(parameters));
        Options = options;
        LearningRate = options.LearningRate;
        _names = Array.ConvertAll(all, parameter => parameter.Name);
        _parameters = Array.ConvertAll(all, parameter => parameter.Value);
        using var scope = new TensorScope();
        _first = Array.ConvertAll(_parameters, value => Aten.ZerosLike.Call(value).Keep());
        _second = Array.ConvertAll(_parameters, value => Aten.ZerosLike.Call(value).Keep());
    }

    /// <summary>The settings it was made with.</summary>
    public AdamOptions Options { get; }

    /// <summary>Step size of the next step; schedules set it.</summary>
    public double LearningRate { get; set; }

    /// <summary>Steps taken.</summary>
    public long StepCount { get; set; }

    /// <summary>The moments of every parameter, <c>NAME.m</c> and <c>NAME.v</c>; with <see cref="StepCount"/> they are
    /// all that a checkpoint needs.</summary>
    public IEnumerable<(string Name, Tensor Value)> State
    {
        get
        {
            for (var i = 0; i < _names.Length; i++)
            {
                yield return (_names[i] + ".m", _first[i]);
                yield return (_names[i] + ".v", _second[i]);
            }
        }
    }

    /// <summary>One step down the gradient of a scalar loss. Parameters that the loss does not reach count as having a
    /// gradient of zero. Returns the gradient's global norm before it is clipped by that: a scalar on the device, not
    /// finite where a gradient was not, for the caller to look at when it next reads numbers.</summary>
    /// <param name="loss">What is to become less.</param>
    /// <param name="keepGraph">Whether another loss is still to be differentiated through the same operations.</param>
    public Tensor Step(Tensor loss, bool keepGraph = false)
    {
        using var scope = new TensorScope();
        var gradients = Torch.Grad(loss, _parameters, keepGraph);
        using var noGrad = new NoGrad();
        for (var i = 0; i < gradients.Length; i++) gradients[i] ??= Aten.ZerosLike.Call(_parameters[i]);
        return scope.Return(Step(gradients!));
    }

    /// <summary>One step with gradients already at hand, in the order of the parameters. Returns as
    /// <see cref="Step(Tensor, bool)"/>.</summary>
    public Tensor Step(ReadOnlySpan<Tensor> gradients)
    {
        if (gradients.Length != _parameters.Length)
            throw new ArgumentException(
                $"Adam: {gradients.Length} gradients for {_parameters.Length} parameters", nameof(gradients));
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        if (Options.ClipValue > 0) gradients = Clamped(gradients, Options.ClipValue);
        var norm = GradientClip.GlobalNorm(gradients);
        Update(gradients, Options.ClipNorm > 0 ? GradientClip.Scale(norm, Options.ClipNorm) : Tensor.Ones([], norm.DType, norm.Device));
        return scope.Return(norm);
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var moment in _first) moment.Dispose();
        foreach (var moment in _second) moment.Dispose();
    }

    private static Tensor[] Clamped(ReadOnlySpan<Tensor> gradients, double limit) =>
        Array.ConvertAll(gradients.ToArray(), gradient => gradient.Clamp(-limit, limit));

    // Both conventions are θ ← θ − s·m/(√v + e) with s = η·√(1−β₂ᵗ)/(1−β₁ᵗ). Trap: TensorFlow's e is ε itself ("epsilon
    // hat"), PyTorch's ε stands beside the corrected √v̂, hence e = ε·√(1−β₂ᵗ). (Kingma and Ba 2015, §2.)
    private void Update(ReadOnlySpan<Tensor> gradients, Tensor scale)
    {
        StepCount++;
        var root = Math.Sqrt(1 - Math.Pow(Options.Beta2, StepCount));
        var stepSize = LearningRate * root / (1 - Math.Pow(Options.Beta1, StepCount));
        var epsilon = Options.EpsilonHat ? Options.Epsilon : Options.Epsilon * root;
        Aten.Adam_.Run(_parameters, gradients, _first, _second, scale, stepSize, Options.Beta1, Options.Beta2, epsilon,
            1 - Options.WeightDecay);
    }
}
