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
    private readonly (Tensor First, Tensor Second)? _together;  // on a device: what the moments are views of
    private readonly Tensor _schedule;                          // [s, e] of the step to come

    /// <summary>Starts with moments of zero. The parameters stay their module's; the moments are freed by
    /// <see cref="Dispose"/>.</summary>
    public Adam(IEnumerable<(string Name, Tensor Value)> parameters, AdamOptions options)
        : this(parameters, options, null)
    {
    }

    /// <summary>The same, and says whether all moments lie in one tensor, as they do on CUDA devices.</summary>
    internal Adam(IEnumerable<(string Name, Tensor Value)> parameters, AdamOptions options, bool? together)
    {
        var all = parameters.ToArray();
        if (all.Length == 0) throw new ArgumentException("Adam: there is no parameter to optimise", nameof(parameters));
        Options = options;
        LearningRate = options.LearningRate;
        _names = Array.ConvertAll(all, parameter => parameter.Name);
        _parameters = Array.ConvertAll(all, parameter => parameter.Value);
        using var scope = new TensorScope();
        var device = _parameters[0].Device;
        _schedule = Tensor.Zeros([2], DType.Float64, device).Keep();
        if (together ?? device.IsCuda)
        {
            Tensor All() => Tensor.Zeros([_parameters.Sum(value => value.Numel)], _parameters[0].DType, device).Keep();
            _together = (All(), All());
            (_first, _second) = (Views(_together.Value.First), Views(_together.Value.Second));
            return;
        }
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
        Advance();
        return Apply(loss, keepGraph);
    }

    /// <summary>One step with gradients already at hand, in the order of the parameters. Returns as
    /// <see cref="Step(Tensor, bool)"/>.</summary>
    public Tensor Step(ReadOnlySpan<Tensor> gradients)
    {
        Advance();
        return Apply(gradients);
    }

    /// <summary>Counts a step and sets how large it will be: the part of one that depends on numbers of the host. Each
    /// <see cref="Apply(Tensor, bool)"/> needs one before it.</summary>
    /// <remarks>Both conventions are θ ← θ − s·m/(√v + e) with s = η·√(1−β₂ᵗ)/(1−β₁ᵗ). Trap: TensorFlow's e is ε itself
    /// ("epsilon hat"), PyTorch's ε stands beside the corrected √v̂, hence e = ε·√(1−β₂ᵗ). (Kingma and Ba 2015,
    /// §2.)</remarks>
    public void Advance()
    {
        StepCount++;
        var root = Math.Sqrt(1 - Math.Pow(Options.Beta2, StepCount));
        var stepSize = LearningRate * root / (1 - Math.Pow(Options.Beta1, StepCount));
        var epsilon = Options.EpsilonHat ? Options.Epsilon : Options.Epsilon * root;
        using var scope = new TensorScope();
        _schedule.Copy_(Tensor.FromArray([stepSize, epsilon], [2]));
    }

    /// <summary>The part of a step that is the same every time, and that a graph can hold. Returns as
    /// <see cref="Step(Tensor, bool)"/>.</summary>
    public Tensor Apply(Tensor loss, bool keepGraph = false)
    {
        using var scope = new TensorScope();
        var gradients = Torch.Grad(loss, _parameters, keepGraph);
        using var noGrad = new NoGrad();
        for (var i = 0; i < gradients.Length; i++) gradients[i] ??= Aten.ZerosLike.Call(_parameters[i]);
        return scope.Return(Apply(gradients!));
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var moment in _first) moment.Dispose();
        foreach (var moment in _second) moment.Dispose();
        _together?.First.Dispose();
        _together?.Second.Dispose();
        _schedule.Dispose();
    }

    private Tensor Apply(ReadOnlySpan<Tensor> gradients)
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

    private static Tensor[] Clamped(ReadOnlySpan<Tensor> gradients, double limit) =>
        Array.ConvertAll(gradients.ToArray(), gradient => gradient.Clamp(-limit, limit));

    private void Update(ReadOnlySpan<Tensor> gradients, Tensor scale)
    {
        var keep = 1 - Options.WeightDecay;
        if (_together is var (first, second))
            Aten.AdamTogether_.Run(
                _parameters, gradients, first, second, scale, _schedule, Options.Beta1, Options.Beta2, keep);
        else
            Aten.Adam_.Run(
                _parameters, gradients, _first, _second, scale, _schedule, Options.Beta1, Options.Beta2, keep);
    }

    private Tensor[] Views(Tensor all)
    {
        var at = 0L;
        return Array.ConvertAll(_parameters, value =>
        {
            var view = all.Narrow(0, at, value.Numel).Reshape(value.Shape);
            at += value.Numel;
            return view.Keep();
        });
    }
}
