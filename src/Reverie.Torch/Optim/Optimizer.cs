using Reverie.Torch.Native;
using Reverie.Torch.Ranks;

namespace Reverie.Torch.Optim;

/// <summary>
/// Steps down gradients over a fixed list of parameters, each with two moments. It differentiates the loss with respect to
/// these and nothing else, so other modules that the loss passes through receive no gradient. Not thread-safe.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly string[] names;
    private readonly Tensor schedule;

    /// <summary>Starts with moments of zero. The parameters stay their module's; the moments are freed by
    /// <see cref="Dispose"/>.</summary>
    /// <param name="parameters">What is optimised, by name; of none, steps are counted and nothing else.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="together">Whether all moments of a kind lie in one tensor; null: on CUDA devices.</param>
    private protected Optimizer(
        IEnumerable<(string Name, Tensor Value)> parameters, double learningRate, bool? together)
    {
        var all = parameters.ToArray();
        LearningRate = learningRate;
        names = Array.ConvertAll(all, parameter => parameter.Name);
        Parameters = Array.ConvertAll(all, parameter => parameter.Value);
        using var scope = new TensorScope();
        var device = all.Length > 0 ? Parameters[0].Device : Device.Cpu;
        schedule = Tensor.Zeros([2], DType.Float64, device).Keep();
        if (together ?? device.IsCuda)
        {
            Tensor All() =>
                Tensor.Zeros([Parameters.Sum(value => value.Numel)], Parameters[0].DType, device).Keep();
            Together = (All(), All());
            (First, Second) = (Views(Together.Value.First), Views(Together.Value.Second));
            return;
        }
        First = Array.ConvertAll(Parameters, value => Aten.ZerosLike.Call(value).Keep());
        Second = Array.ConvertAll(Parameters, value => Aten.ZerosLike.Call(value).Keep());
    }

    /// <summary>Step size of the next step; schedules set it.</summary>
    public double LearningRate { get; set; }

    /// <summary>Steps taken.</summary>
    public long StepCount { get; set; }

    /// <summary>The moments of every parameter, <c>NAME.m</c> where there is momentum, and <c>NAME.v</c>; with <see cref="StepCount"/> they are
    /// all that a checkpoint needs.</summary>
    public IEnumerable<(string Name, Tensor Value)> State
    {
        get
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (HasFirst) yield return (names[i] + ".m", First[i]);
                yield return (names[i] + ".v", Second[i]);
            }
        }
    }

    /// <summary>Makes the gradients that it differentiates those of all ranks, before they are clipped; of one rank alone they
    /// stay. Gradients that are given are taken as they are.</summary>
    internal IGradientAverage Averaging { get; set; } = Alone.Instance;

    /// <summary>Whether it has momentum, and with it a first moment.</summary>
    private protected virtual bool HasFirst => true;

    /// <summary>What is optimised.</summary>
    private protected Tensor[] Parameters { get; }

    /// <summary>The moments of each parameter.</summary>
    private protected Tensor[] First { get; }

    /// <inheritdoc cref="First"/>
    private protected Tensor[] Second { get; }

    /// <summary>On a device: what the moments are views of.</summary>
    private protected (Tensor First, Tensor Second)? Together { get; }

    /// <summary>The two numbers of the step to come, float64, on the parameters' device.</summary>
    private protected Tensor Schedule => schedule;

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
    public void Advance()
    {
        StepCount++;
        var (first, second) = NumbersOf(StepCount);
        using var scope = new TensorScope();
        schedule.Copy_(Tensor.FromArray([first, second], [2]));
    }

    /// <summary>The part of a step that is the same every time, and that a graph can hold. Returns as
    /// <see cref="Step(Tensor, bool)"/>.</summary>
    public Tensor Apply(Tensor loss, bool keepGraph = false)
    {
        using var scope = new TensorScope();
        if (Parameters.Length == 0) return scope.Return(Tensor.Zeros([], loss.DType, loss.Device));
        return scope.Return(Apply(Averaging.Gradients(loss, Parameters, keepGraph)));
    }

    /// <summary>The same for several, each with its own parameters and settings, down the gradient of one loss. Returns the
    /// global norm of it all.</summary>
    public static Tensor Apply(Tensor loss, params IReadOnlyList<Optimizer> optimizers)
    {
        using var scope = new TensorScope();
        optimizers = [.. optimizers.Where(optimizer => optimizer.Parameters.Length > 0)];
        if (optimizers.Count == 0) return scope.Return(Tensor.Zeros([], loss.DType, loss.Device));
        Tensor[] parameters = [.. optimizers.SelectMany(optimizer => optimizer.Parameters)];
        var gradients = optimizers[0].Averaging.Gradients(loss, parameters);
        var (norms, at) = (new List<Tensor>(), 0);
        foreach (var optimizer in optimizers)
        {
            norms.Add(optimizer.Apply(gradients.AsSpan(at, optimizer.Parameters.Length)));
            at += optimizer.Parameters.Length;
        }
        return scope.Return(Tensor.Stack([.. norms]).Norm());
    }

    /// <summary>Whether it moves a parameter.</summary>
    internal bool Moves(Tensor parameter) => Array.IndexOf(Parameters, parameter) >= 0;

    /// <summary>Frees the moments.</summary>
    public virtual void Dispose()
    {
        foreach (var moment in First) moment.Dispose();
        foreach (var moment in Second) moment.Dispose();
        Together?.First.Dispose();
        Together?.Second.Dispose();
        schedule.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What <see cref="Schedule"/> holds for a step, counted from 1.</summary>
    private protected abstract (double First, double Second) NumbersOf(long step);

    /// <summary>Moves parameters and moments without recording gradients; returns the gradients' global norm.</summary>
    private protected abstract Tensor Move(ReadOnlySpan<Tensor> gradients);

    private Tensor Apply(ReadOnlySpan<Tensor> gradients)
    {
        if (gradients.Length != Parameters.Length)
            throw new ArgumentException(
                $"{GetType().Name}: {gradients.Length} gradients for {Parameters.Length} parameters", nameof(gradients));
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return scope.Return(Move(gradients));
    }

    private Tensor[] Views(Tensor all)
    {
        var at = 0L;
        return Array.ConvertAll(Parameters, value =>
        {
            var view = all.Narrow(0, at, value.Numel).Reshape(value.Shape);
            at += value.Numel;
            return view.Keep();
        });
    }
}
