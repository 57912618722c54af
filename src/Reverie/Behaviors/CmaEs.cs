using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>
/// Minimises a function of n numbers by the evolution strategy with covariance matrix adaptation (Hansen 2016, "The CMA
/// Evolution Strategy: A Tutorial"): a normal belief over the best point is drawn from, and moved, widened and turned
/// towards the better half of what was drawn. Only the order of costs matters.
/// </summary>
/// <remarks>
/// All state is in named tensors of float64 on the processor, so that a checkpoint of this module is one of the search.
/// <see cref="Ask"/> changes nothing and follows from the state and its seed: a generation that was broken off is asked
/// for again. The decomposition C = B·diag(d²)·Bᵀ, the dearest part, is renewed only when C has moved enough.
/// </remarks>
/// <example><code>
/// using var search = new CmaEs(start, stepSize: 0.1, population: 64);
/// for (ulong generation = 0; generation &lt; 100; generation++)
/// {
///     var candidates = search.Ask(seed: generation);
///     search.Tell(candidates, Array.ConvertAll(candidates, Cost));
/// }
/// </code></example>
public sealed class CmaEs : Module
{
    private const double SmallestEigenvalue = 1e-300;

    private readonly Tensor mean, covariance, basis, scales, path, stepPath, progress;

    /// <summary>Begins a search.</summary>
    /// <param name="mean">Where, n numbers.</param>
    /// <param name="stepSize">σ, how far around it; above 0.</param>
    /// <param name="population">λ, candidates of a generation; 4 or more.</param>
    public CmaEs(ReadOnlySpan<double> mean, double stepSize, int population)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepSize);
        (Size, Population) = (mean.Length, population);
        Constants = CmaEsConstants.Of(Size, population);
        using var scope = new TensorScope();
        Tensor Zeros() => Tensor.Zeros([Size], DType.Float64);
        this.mean = Parameter("mean", Tensor.FromArray(mean, [Size]));
        covariance = Parameter("covariance", Identity(Size));
        basis = Parameter("basis", Identity(Size));
        scales = Parameter("scales", Zeros() + 1);
        path = Parameter("path", Zeros());
        stepPath = Parameter("step_path", Zeros());
        progress = Parameter("progress", Tensor.FromArray<double>([stepSize, 0, 0], [3]));
    }

    /// <summary>n.</summary>
    public int Size { get; }

    /// <summary>λ.</summary>
    public int Population { get; }

    /// <summary>Learning rates and weights.</summary>
    public CmaEsConstants Constants { get; }

    /// <summary>m, the middle of the belief: what to use when the search is over.</summary>
    public double[] Mean => mean.ToArray<double>();

    /// <summary>The same as a row of float32, (1, n).</summary>
    internal Tensor MeanRow => mean.To(DType.Float32).Unsqueeze(0);

    /// <summary>σ.</summary>
    public double StepSize => progress.ToArray<double>()[0];

    /// <summary>Generations told.</summary>
    public long Generation => (long)progress.ToArray<double>()[1];

    /// <summary>Ratio of the longest to the shortest axis of the belief, as last decomposed.</summary>
    public double AxisRatio
    {
        get
        {
            var scales = this.scales.ToArray<double>();
            return scales.Max() / scales.Min();
        }
    }

    /// <summary>λ candidates x_i = m + σ·B·diag(d)·z_i, z_i ~ N(0, I) decided by the seed.</summary>
    public double[][] Ask(ulong seed)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device.Cpu, seed);
        var drawn = Tensor.Randn([Population, Size], noise, DType.Float64) * scales;       // (λ, n)
        var candidates = drawn.Matmul(basis.Transpose(0, 1)) * StepSize + mean;
        var numbers = candidates.ToArray<double>();
        return [.. Enumerable.Range(0, Population).Select(i => numbers[(i * Size)..((i + 1) * Size)])];
    }

    /// <summary>Moves the belief.</summary>
    /// <param name="candidates">What <see cref="Ask"/> gave.</param>
    /// <param name="costs">The cost of each; one that is not a number counts as the worst.</param>
    /// <exception cref="ArgumentException">Not λ of both, or candidates of another size.</exception>
    public void Tell(double[][] candidates, double[] costs)
    {
        if (candidates.Length != Population || costs.Length != Population || candidates.Any(one => one.Length != Size))
            throw new ArgumentException($"CMA-ES: {candidates.Length} candidates and {costs.Length} costs; "
                + $"{Population} of {Size} numbers are due");
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (stepSize, generation, decomposedAt) = Progress();
        var best = Enumerable.Range(0, Population).OrderBy(i => double.IsNaN(costs[i]) ? double.PositiveInfinity : costs[i])
            .Take(Constants.Weights.Count);
        var parents = Tensor.FromArray([.. best.SelectMany(i => candidates[i])], [Constants.Weights.Count, Size]);
        var steps = (parents - mean) / stepSize;                                           // y_{i:λ}, (μ, n)
        var weights = Tensor.FromArray([.. Constants.Weights], [Constants.Weights.Count, 1]);
        var step = (steps * weights).Sum(0);                                                // ȳ, (n)

        generation++;
        mean.Add_(step * stepSize);
        var norm = MoveStepPath(step);
        var steady = norm / Math.Sqrt(1 - Math.Pow(1 - Constants.StepPathRate, 2.0 * generation))
            < (1.4 + 2.0 / (Size + 1)) * Constants.ExpectedNorm;
        MovePath(step, steady);
        MoveCovariance(steps, weights, steady);
        stepSize *= Math.Exp(Constants.StepPathRate / Constants.Damping * (norm / Constants.ExpectedNorm - 1));
        if (generation - decomposedAt > Constants.DecompositionGap)
        {
            Decompose();
            decomposedAt = generation;
        }
        progress.Copy_(Tensor.FromArray<double>([stepSize, generation, decomposedAt], [3]));
    }

    private (double StepSize, double Generation, double DecomposedAt) Progress()
    {
        var values = progress.ToArray<double>();
        return (values[0], values[1], values[2]);
    }

    // p_σ ← (1 − c_σ) p_σ + √(c_σ (2 − c_σ) μ_eff) C^{−½} ȳ, with C^{−½} = B·diag(1/d)·Bᵀ; answers |p_σ|.
    private double MoveStepPath(Tensor step)
    {
        var rate = Constants.StepPathRate;
        var white = basis.Matmul(basis.Transpose(0, 1).Matmul(step) / scales);
        stepPath.Mul_(1 - rate).Add_(white * Math.Sqrt(rate * (2 - rate) * Constants.EffectiveParents));
        return stepPath.Norm().Item();
    }

    // p_c ← (1 − c_c) p_c + h √(c_c (2 − c_c) μ_eff) ȳ
    private void MovePath(Tensor step, bool steady)
    {
        var rate = Constants.PathRate;
        path.Mul_(1 - rate);
        if (steady) path.Add_(step * Math.Sqrt(rate * (2 - rate) * Constants.EffectiveParents));
    }

    // C ← (1 − c_1 − c_μ) C + c_1 (p_c p_cᵀ + (1 − h) c_c (2 − c_c) C) + c_μ Σ w_i y_{i:λ} y_{i:λ}ᵀ, in one product.
    private void MoveCovariance(Tensor steps, Tensor weights, bool steady)
    {
        var (one, mu, rate) = (Constants.RankOneRate, Constants.RankMuRate, Constants.PathRate);
        var kept = 1 - one - mu + (steady ? 0 : one * rate * (2 - rate));
        var rows = Tensor.Cat([steps * (weights * mu).Sqrt(), (path * Math.Sqrt(one)).Unsqueeze(0)]);     // (μ + 1, n)
        covariance.AddMm_(rows.Transpose(0, 1), rows, kept);
    }

    // Divide and conquer with threads that wait for each other takes several times as long as one thread alone where
    // the processors have other work, and little less where they have none.
    private void Decompose()
    {
        using var one = new ThreadLimit(1);
        var (values, vectors) = covariance.Eigh();
        scales.Copy_(values.Clamp(SmallestEigenvalue, null).Sqrt());
        basis.Copy_(vectors);
    }

    private static Tensor Identity(int size)
    {
        var values = new double[(long)size * size];
        for (var i = 0; i < size; i++) values[(long)i * size + i] = 1;
        return Tensor.FromArray(values, [size, size]);
    }
}
