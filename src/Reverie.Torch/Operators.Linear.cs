using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>Products, convolutions, normalisation.</summary>
public sealed partial class Tensor
{
    /// <summary>The matrix product of the last two dimensions; those before broadcast.</summary>
    public Tensor Matmul(Tensor other) => Aten.Matmul.Call(this, other);

    /// <summary>The product of two matrices: (N, K) by (K, M) → (N, M).</summary>
    public Tensor Mm(Tensor other) => Aten.Mm.Call(this, other);

    /// <summary>The products of two batches of matrices: (G, N, K) by (G, K, M) → (G, N, M).</summary>
    public Tensor Bmm(Tensor other) => Aten.Bmm.Call(this, other);

    /// <summary>this + a·b for each matrix of a batch: a (G, N, K), b (G, K, M) → (G, N, M).</summary>
    public Tensor Baddbmm(Tensor a, Tensor b) => Aten.Baddbmm.Call(this, a, b);

    /// <summary><see cref="Baddbmm"/>, with sums in float32 whatever the type: where oneDNN does not multiply bfloat16,
    /// because the processor lacks AVX-512 or the numbers are few, libtorch adds up in bfloat16.</summary>
    internal Tensor BlockProduct(Tensor a, Tensor b)
    {
        const long Few = 16 * 16 * 16;
        var narrow = a.DType == DType.BFloat16 && a.Device == Device.Cpu
            && (Processor.InForce < InstructionSet.Avx512 || a.Numel * b.Size(-1) <= Few);
        return narrow
            ? To(DType.Float32).Baddbmm(a.To(DType.Float32), b.To(DType.Float32)).To(a.DType)
            : Baddbmm(a, b);
    }

    /// <summary>The reduced QR decomposition.</summary>
    public (Tensor Q, Tensor R) Qr()
    {
        var both = Aten.Qr.CallMany(this);
        return (both[0], both[1]);
    }

    /// <summary>Eigenvalues (n), ascending, and orthonormal eigenvectors (n, n), in columns, of a symmetric matrix, of
    /// which the lower triangle is read.</summary>
    public (Tensor Values, Tensor Vectors) Eigh()
    {
        var both = Aten.Eigh.CallMany(this);
        return (both[0], both[1]);
    }

    /// <summary>this ← beta·this + a·b.</summary>
    public Tensor AddMm_(Tensor a, Tensor b, double beta = 1)
    {
        Aten.Addmm_.Run(this, a, b, beta);
        return this;
    }

    /// <summary>x·Wᵀ + b with W of shape (out, in) and of x's type; b may be of another.</summary>
    public Tensor Linear(Tensor weight, Tensor? bias = null) => Linear(null, weight, bias, activation: 0);

    /// <summary>The same of [x, more], then an activation by its number, in one pass where that is fast.</summary>
    internal Tensor Linear(Tensor? more, Tensor weight, Tensor? bias, long activation) =>
        Aten.Linear.Call(this, more, weight, bias, activation);

    /// <summary>Convolution of (N, C, H, W) with a weight (out, C, k, k).</summary>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0) =>
        Aten.Conv2d.Call(this, weight, bias, Pair(stride), Pair(padding));

    /// <summary>Transposed convolution of (N, C, H, W) with a weight (C, out, k, k), as libtorch itself does it.</summary>
    public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0) =>
        Aten.ConvTranspose2d.Call(this, weight, bias, Pair(stride), Pair(padding));

    /// <summary>The largest number of every square of <paramref name="size"/> by <paramref name="size"/> pixels:
    /// (N, C, H, W) → (N, C, ⌊H/size⌋, ⌊W/size⌋). Channels-last stays so.</summary>
    public Tensor MaxPool2d(long size) => Aten.MaxPool2d.Call(this, Pair(size));

    /// <summary>Every pixel <paramref name="factor"/> times in both directions: (N, C, H, W) → (N, C, factor·H, factor·W).
    /// Channels-last stays so.</summary>
    public Tensor UpsampleNearest2d(long factor)
    {
        ReadOnlySpan<long> size = [factor * Size(2), factor * Size(3)];
        return Aten.UpsampleNearest2d.Call(this, size, Value.None, Value.None);
    }

    /// <summary>Convolution, bias and activation in one: fast in training on a processor.</summary>
    internal Tensor FusedConv2d(Tensor weight, Tensor bias, long stride, long activation, long padding = 0) =>
        Aten.FusedConv2d.Call(this, weight, bias, stride, activation, padding);

    /// <summary>Transposed convolution, bias and activation in one, in forms that are fast in training on a processor; the
    /// numbers are those of <see cref="ConvTranspose2d"/>. As many pixels as <paramref name="padding"/> are taken from
    /// every side of the result, <paramref name="more"/> come back below and to the right.</summary>
    internal Tensor FusedConvTranspose2d(Tensor weight, Tensor bias, long stride, long activation, long padding = 0,
        long more = 0) => Aten.FusedConvTranspose2d.Call(this, weight, bias, stride, activation, padding, more);

    /// <summary>The gates of a cell after its products, this of the input and one of the state, both (B, 3·D) in the order
    /// reset r, update u, candidate c: c' = tanh(c + r⊙c_h), u⊙h + (1−u)⊙c', (B, D) in h's type.</summary>
    internal Tensor GruGates(Tensor fromState, Tensor h) => Aten.GruGates.Call(this, fromState, h);

    /// <summary>Of gates (B, 2·D) in the order reset r, update u: r⊙h, (B, D) in the gates' type.</summary>
    internal Tensor GruReset(Tensor h) => Aten.GruReset.Call(this, h);

    /// <summary>Of the same gates: u⊙h + (1−u)⊙c, (B, D) in h's type.</summary>
    internal Tensor GruBlend(Tensor candidate, Tensor h) => Aten.GruBlend.Call(this, candidate, h);

    /// <summary>The gates of an LSTM after its product (B, 4·D) in the order input i, candidate g, forget f, output o, and
    /// its memory c (B, D): [h', c'] (B, 2·D) with c' = σ(f + 1)⊙c + σ(i)⊙tanh(g), h' = σ(o)⊙tanh(c'), in c's type.</summary>
    internal Tensor LstmGates(Tensor c) => Aten.LstmGates.Call(this, c);

    /// <summary>The gates of DreamerV3's cell after its products (B, g, 3·D/g), of each block in the order reset r,
    /// candidate c, update u, and its state h (B, D): σ(u − 1)⊙tanh(σ(r)⊙c) + (1 − σ(u − 1))⊙h, (B, D) in h's
    /// type.</summary>
    internal Tensor BlockGates(Tensor h) => Aten.BlockGates.Call(this, h);

    /// <summary>x/√(mean x² + ε) over the last dimension, times a scale (D), then SiLU where asked for; rounded once, to
    /// the type asked for: (…, D) → (…, D).</summary>
    internal Tensor RmsNorm(Tensor scale, double epsilon, bool silu, DType dtype) =>
        Aten.RmsNorm.Call(this, scale, epsilon, silu, dtype);

    /// <summary>One-hot vectors (…, K) that uniform numbers (…) pick by these logits (…, K), with the gradient of the
    /// probabilities; a part of the uniform distribution is mixed in.</summary>
    internal Tensor OneHotDraw(Tensor uniform, double unimix) => Aten.OneHotDraw.Call(this, uniform, unimix);

    /// <summary>KL of the classes of these logits (…, K) from those of others, both mixed likewise, (…).</summary>
    internal Tensor OneHotDivergence(Tensor other, double unimix) => Aten.OneHotDivergence.Call(this, other, unimix);

    /// <summary>Of logits (…, K) of ascending bins (K): what the two bins around a value (…) weigh, times their
    /// log-probabilities, (…).</summary>
    internal Tensor TwoHotLogProb(Tensor value, Tensor bins) => Aten.TwoHotLogProb.Call(this, value, bins);

    /// <summary>Of logits (…, K) of bins (K) that are each other's mirror image: their mean, (…).</summary>
    internal Tensor TwoHotMean(Tensor bins) => Aten.TwoHotMean.Call(this, bins);

    /// <summary>½(mean − target)² summed over all but the first dimension: (N, …) → (N), float32.</summary>
    public Tensor HalfSquaredError(Tensor target) => Aten.HalfSquaredError.Call(this, target);

    /// <summary>uint8 v → floor(v / 2^(8−bits)) / 2^bits + U[0, 2^−bits) − ½ with noise from the seed, rounded
    /// to the type asked for.</summary>
    public Tensor Dequantize(int bits, long seed, DType dtype = DType.Float32) => Aten.Dequantize.Call(this, bits, seed, dtype);

    /// <summary>uint8 v → floor(v / 2^(8−bits)) / (2^bits − 1) − ½, rounded to the type asked for: black is −½,
    /// white ½.</summary>
    public Tensor ScaleBytes(int bits, DType dtype = DType.Float32) => Aten.ScaleBytes.Call(this, bits, dtype);

    /// <summary>Normalises over the last dimension, then scales and shifts.</summary>
    public Tensor LayerNorm(Tensor? weight, Tensor? bias, double epsilon)
    {
        ReadOnlySpan<long> last = [Size(-1)];
        return Aten.LayerNorm.Call(this, last, weight, bias, epsilon);
    }

    private static Value Pair(long value)
    {
        ReadOnlySpan<long> both = [value, value];
        return both;
    }
}
