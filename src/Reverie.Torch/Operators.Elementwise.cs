using Reverie.Torch.Native;

namespace Reverie.Torch;

/// <summary>Element-wise operators; shapes broadcast as in PyTorch.</summary>
public sealed partial class Tensor
{
    public static Tensor operator +(Tensor a, Tensor b) => Aten.Add.Call(a, b);
    public static Tensor operator +(Tensor a, double b) => Aten.AddScalar.Call(a, b);
    public static Tensor operator +(double a, Tensor b) => Aten.AddScalar.Call(b, a);
    public static Tensor operator -(Tensor a, Tensor b) => Aten.Sub.Call(a, b);
    public static Tensor operator -(Tensor a, double b) => Aten.SubScalar.Call(a, b);
    public static Tensor operator -(double a, Tensor b) => Aten.RsubScalar.Call(b, a);
    public static Tensor operator -(Tensor a) => Aten.Neg.Call(a);
    public static Tensor operator *(Tensor a, Tensor b) => Aten.Mul.Call(a, b);
    public static Tensor operator *(Tensor a, double b) => Aten.MulScalar.Call(a, b);
    public static Tensor operator *(double a, Tensor b) => Aten.MulScalar.Call(b, a);
    public static Tensor operator /(Tensor a, Tensor b) => Aten.Div.Call(a, b);
    public static Tensor operator /(Tensor a, double b) => Aten.DivScalar.Call(a, b);
    public static Tensor operator /(double a, Tensor b) => Aten.MulScalar.Call(b.Reciprocal(), a);

    public Tensor Abs() => Aten.Abs.Call(this);
    public Tensor Atanh() => Aten.Atanh.Call(this);
    public Tensor Cos() => Aten.Cos.Call(this);
    public Tensor Erf() => Aten.Erf.Call(this);
    public Tensor Erfinv() => Aten.Erfinv.Call(this);
    public Tensor Exp() => Aten.Exp.Call(this);
    public Tensor Expm1() => Aten.Expm1.Call(this);
    public Tensor Floor() => Aten.Floor.Call(this);
    public Tensor Log() => Aten.Log.Call(this);
    public Tensor Log1p() => Aten.Log1p.Call(this);
    public Tensor LogSigmoid() => Aten.LogSigmoid.Call(this);
    public Tensor Reciprocal() => Aten.Reciprocal.Call(this);
    public Tensor Relu() => Aten.Relu.Call(this);
    public Tensor Elu() => Aten.Elu.Call(this);
    public Tensor Rsqrt() => Aten.Rsqrt.Call(this);
    public Tensor Sigmoid() => Aten.Sigmoid.Call(this);
    public Tensor Sign() => Aten.Sign.Call(this);
    public Tensor Silu() => Aten.Silu.Call(this);
    public Tensor Sin() => Aten.Sin.Call(this);
    public Tensor Softplus() => Aten.Softplus.Call(this);
    public Tensor Sqrt() => Aten.Sqrt.Call(this);
    public Tensor Square() => Aten.Square.Call(this);
    public Tensor Tanh() => Aten.Tanh.Call(this);
    public Tensor Pow(double exponent) => Aten.PowScalar.Call(this, exponent);

    /// <summary>sign(x)·ln(1 + |x|): nearly x about 0, and a logarithm far from it.</summary>
    public Tensor Symlog() => Sign() * Abs().Log1p();

    /// <summary>The inverse of <see cref="Symlog"/>: sign(x)·(e^|x| − 1).</summary>
    public Tensor Symexp() => Sign() * Abs().Expm1();

    /// <summary>Limits to [min, max]; a bound that is null does not limit.</summary>
    public Tensor Clamp(double? min, double? max) =>
        Aten.Clamp.Call(this, min is { } low ? low : Value.None, max is { } high ? high : Value.None);

    public Tensor Maximum(Tensor other) => Aten.Maximum.Call(this, other);
    public Tensor Minimum(Tensor other) => Aten.Minimum.Call(this, other);
    public Tensor IsFinite() => Aten.IsFinite.Call(this);
    public Tensor Eq(Tensor other) => Aten.Eq.Call(this, other);
    public Tensor Eq(double other) => Aten.EqScalar.Call(this, other);
    public Tensor Ge(Tensor other) => Aten.Ge.Call(this, other);
    public Tensor Ge(double other) => Aten.GeScalar.Call(this, other);
    public Tensor Gt(Tensor other) => Aten.Gt.Call(this, other);
    public Tensor Gt(double other) => Aten.GtScalar.Call(this, other);
    public Tensor Le(Tensor other) => Aten.Le.Call(this, other);
    public Tensor Le(double other) => Aten.LeScalar.Call(this, other);
    public Tensor Lt(Tensor other) => Aten.Lt.Call(this, other);
    public Tensor Lt(double other) => Aten.LtScalar.Call(this, other);

    /// <summary>Writes <paramref name="source"/> into this tensor.</summary>
    public Tensor Copy_(Tensor source) => RunInPlace(Aten.Copy_, source);
    public Tensor Add_(Tensor other) => RunInPlace(Aten.Add_, other);
    public Tensor Mul_(Tensor other) => RunInPlace(Aten.Mul_, other);
    public Tensor Mul_(double other) => RunInPlace(Aten.MulScalar_, other);
    public Tensor Fill_(double value) => RunInPlace(Aten.Fill_, value);

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
