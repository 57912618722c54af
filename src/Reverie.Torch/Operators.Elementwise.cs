using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>Element-wise operators; shapes broadcast as in PyTorch.</summary>
public sealed partial class Tensor
{
    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Aten.Add.Call(a, b);

    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, double b) => Aten.AddScalar.Call(a, b);

    /// <summary>a + b.</summary>
    public static Tensor operator +(double a, Tensor b) => Aten.AddScalar.Call(b, a);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Aten.Sub.Call(a, b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, double b) => Aten.SubScalar.Call(a, b);

    /// <summary>a − b.</summary>
    public static Tensor operator -(double a, Tensor b) => Aten.RsubScalar.Call(b, a);

    /// <summary>−a.</summary>
    public static Tensor operator -(Tensor a) => Aten.Neg.Call(a);

    /// <summary>a·b.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Aten.Mul.Call(a, b);

    /// <summary>a·b.</summary>
    public static Tensor operator *(Tensor a, double b) => Aten.MulScalar.Call(a, b);

    /// <summary>a·b.</summary>
    public static Tensor operator *(double a, Tensor b) => Aten.MulScalar.Call(b, a);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Aten.Div.Call(a, b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, double b) => Aten.DivScalar.Call(a, b);

    /// <summary>a / b.</summary>
    public static Tensor operator /(double a, Tensor b) => Aten.MulScalar.Call(b.Reciprocal(), a);

    /// <summary>|x|.</summary>
    public Tensor Abs() => Aten.Abs.Call(this);

    /// <summary>The inverse of <see cref="Tanh"/>, for |x| &lt; 1.</summary>
    public Tensor Atanh() => Aten.Atanh.Call(this);

    /// <summary>The cosine of x in radians.</summary>
    public Tensor Cos() => Aten.Cos.Call(this);

    /// <summary>The error function.</summary>
    public Tensor Erf() => Aten.Erf.Call(this);

    /// <summary>The inverse of <see cref="Erf"/>, for |x| &lt; 1.</summary>
    public Tensor Erfinv() => Aten.Erfinv.Call(this);

    /// <summary>e^x.</summary>
    public Tensor Exp() => Aten.Exp.Call(this);

    /// <summary>e^x − 1, exact about 0.</summary>
    public Tensor Expm1() => Aten.Expm1.Call(this);

    /// <summary>The largest whole number that is not above x.</summary>
    public Tensor Floor() => Aten.Floor.Call(this);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Aten.Log.Call(this);

    /// <summary>ln(1 + x), exact about 0.</summary>
    public Tensor Log1p() => Aten.Log1p.Call(this);

    /// <summary>ln σ(x).</summary>
    public Tensor LogSigmoid() => Aten.LogSigmoid.Call(this);

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => Aten.Reciprocal.Call(this);

    /// <summary>max(0, x).</summary>
    public Tensor Relu() => Aten.Relu.Call(this);

    /// <summary>x above 0, else e^x − 1.</summary>
    public Tensor Elu() => Aten.Elu.Call(this);

    /// <summary>1 / √x.</summary>
    public Tensor Rsqrt() => Aten.Rsqrt.Call(this);

    /// <summary>σ(x) = 1 / (1 + e^−x).</summary>
    public Tensor Sigmoid() => Aten.Sigmoid.Call(this);

    /// <summary>−1, 0 or 1.</summary>
    public Tensor Sign() => Aten.Sign.Call(this);

    /// <summary>x·σ(x).</summary>
    public Tensor Silu() => Aten.Silu.Call(this);

    /// <summary>The sine of x in radians.</summary>
    public Tensor Sin() => Aten.Sin.Call(this);

    /// <summary>ln(1 + e^x).</summary>
    public Tensor Softplus() => Aten.Softplus.Call(this);

    /// <summary>√x.</summary>
    public Tensor Sqrt() => Aten.Sqrt.Call(this);

    /// <summary>x².</summary>
    public Tensor Square() => Aten.Square.Call(this);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Aten.Tanh.Call(this);

    /// <summary>x to the power of <paramref name="exponent"/>.</summary>
    public Tensor Pow(double exponent) => Aten.PowScalar.Call(this, exponent);

    /// <summary>sign(x)·ln(1 + |x|): nearly x about 0, and a logarithm far from it.</summary>
    public Tensor Symlog() => Sign() * Abs().Log1p();

    /// <summary>The inverse of <see cref="Symlog"/>: sign(x)·(e^|x| − 1).</summary>
    public Tensor Symexp() => Sign() * Abs().Expm1();

    /// <summary>Limits to [min, max]; a bound that is null does not limit.</summary>
    public Tensor Clamp(double? min, double? max) =>
        Aten.Clamp.Call(this, min is { } low ? low : Value.None, max is { } high ? high : Value.None);

    /// <summary>The larger one of each pair.</summary>
    public Tensor Maximum(Tensor other) => Aten.Maximum.Call(this, other);

    /// <summary>The smaller one of each pair.</summary>
    public Tensor Minimum(Tensor other) => Aten.Minimum.Call(this, other);

    /// <summary>Bool: neither NaN nor infinite.</summary>
    public Tensor IsFinite() => Aten.IsFinite.Call(this);

    /// <summary>Bool: equal.</summary>
    public Tensor Eq(Tensor other) => Aten.Eq.Call(this, other);

    /// <summary>Bool: equal.</summary>
    public Tensor Eq(double other) => Aten.EqScalar.Call(this, other);

    /// <summary>Bool: greater or equal.</summary>
    public Tensor Ge(Tensor other) => Aten.Ge.Call(this, other);

    /// <summary>Bool: greater or equal.</summary>
    public Tensor Ge(double other) => Aten.GeScalar.Call(this, other);

    /// <summary>Bool: greater.</summary>
    public Tensor Gt(Tensor other) => Aten.Gt.Call(this, other);

    /// <summary>Bool: greater.</summary>
    public Tensor Gt(double other) => Aten.GtScalar.Call(this, other);

    /// <summary>Bool: less or equal.</summary>
    public Tensor Le(Tensor other) => Aten.Le.Call(this, other);

    /// <summary>Bool: less or equal.</summary>
    public Tensor Le(double other) => Aten.LeScalar.Call(this, other);

    /// <summary>Bool: less.</summary>
    public Tensor Lt(Tensor other) => Aten.Lt.Call(this, other);

    /// <summary>Bool: less.</summary>
    public Tensor Lt(double other) => Aten.LtScalar.Call(this, other);

    /// <summary>Writes <paramref name="source"/> into this tensor.</summary>
    public Tensor Copy_(Tensor source) => RunInPlace(Aten.Copy_, source);

    /// <summary>Adds to this tensor in place.</summary>
    public Tensor Add_(Tensor other) => RunInPlace(Aten.Add_, other);

    /// <summary>Multiplies this tensor in place.</summary>
    public Tensor Mul_(Tensor other) => RunInPlace(Aten.Mul_, other);

    /// <summary>Multiplies this tensor in place.</summary>
    public Tensor Mul_(double other) => RunInPlace(Aten.MulScalar_, other);

    /// <summary>Sets every element of this tensor.</summary>
    public Tensor Fill_(double value) => RunInPlace(Aten.Fill_, value);

    /// <summary>Sets every element of this tensor to 0.</summary>
    public Tensor Zero_()
    {
        Aten.Zero_.Run(this);
        return this;
    }

    private Tensor RunInPlace(Operator op, Value argument)
    {
        op.Run(this, argument);
        return this;
    }
}
