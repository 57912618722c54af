namespace Reverie.Torch.Nn;

/// <summary>Where new parameters come from: a device, a generator, and the usual rules.</summary>
/// <param name="Device">Device of the parameters.</param>
/// <param name="Generator">Source of their randomness, on the processor, so that every device starts alike.</param>
public sealed record Initializer(Device Device, Generator Generator)
{
    /// <summary>Element type of the parameters; float64 is for tests of the mathematics.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>How weights of dense layers and convolutions are drawn.</summary>
    public InitRule Rule { get; init; } = InitRule.Glorot;

    /// <summary>A weight by <see cref="Rule"/>, times <paramref name="scale"/>.</summary>
    /// <param name="fanIn">Numbers that one output is a sum over.</param>
    /// <param name="fanOut">Outputs that one input is part of.</param>
    /// <param name="shape">Shape of the weight.</param>
    /// <param name="scale">What the numbers drawn are multiplied with; with 0 they are zeros and nothing is drawn.</param>
    public Tensor Weight(long fanIn, long fanOut, ReadOnlySpan<long> shape, double scale = 1)
    {
        if (scale == 0) return Zeros(shape);
        var drawn = Rule switch
        {
            InitRule.Glorot => GlorotUniform(fanIn, fanOut, shape),
            InitRule.TruncatedNormal => TruncatedNormal(fanIn, shape),
            _ => throw new ArgumentException($"there is no rule {Rule} to draw weights by"),
        };
        return scale == 1 ? drawn : drawn * scale;
    }

    /// <summary>Zeros.</summary>
    public Tensor Zeros(params ReadOnlySpan<long> shape) => Tensor.Zeros(shape, DType, Device);

    /// <summary>The same value everywhere.</summary>
    public Tensor Constant(double value, params ReadOnlySpan<long> shape) => Tensor.Full(shape, value, DType, Device);

    /// <summary>Uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010), the rule of TensorFlow's layers.</summary>
    public Tensor GlorotUniform(long fanIn, long fanOut, params ReadOnlySpan<long> shape) =>
        Uniform(Math.Sqrt(6.0 / (fanIn + fanOut)), shape);

    /// <summary>Uniform in ±1/√fanIn: Kaiming with a = √5, the rule of PyTorch's layers.</summary>
    public Tensor KaimingUniform(long fanIn, params ReadOnlySpan<long> shape) => Uniform(1.0 / Math.Sqrt(fanIn), shape);

    /// <summary>Rows or columns orthonormal, whichever are fewer (Saxe et al. 2014).</summary>
    public Tensor Orthogonal(long rows, long columns)
    {
        var (tall, wide) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var (q, r) = Tensor.Randn([tall, wide], Generator, DType).Qr();
        var signs = r.Diagonal().Sign();        // makes the distribution uniform over orthogonal matrices
        q *= signs;
        return (rows < columns ? q.Transpose(0, 1) : q).Contiguous().To(Device);
    }

    /// <summary>Normal with variance 1/fanIn: a standard normal cut at ±2, which has a variance of 0.774, rescaled
    /// (DreamerV3's <c>trunc_normal_in</c>).</summary>
    public Tensor TruncatedNormal(long fanIn, params ReadOnlySpan<long> shape)
    {
        // Inverse of the normal distribution function between its values at −2 and 2.
        const double Low = 0.02275013194817921, High = 1 - Low, Rescale = 1.1368472343385565;
        var u = Tensor.Rand(shape, Generator, DType.Float64) * (High - Low) + Low;
        return ((u * 2 - 1).Erfinv() * (Math.Sqrt(2) * Rescale / Math.Sqrt(fanIn))).To(DType).To(Device);
    }

    private Tensor Uniform(double limit, ReadOnlySpan<long> shape) =>
        (Tensor.Rand(shape, Generator, DType) * (2 * limit) - limit).To(Device);
}
