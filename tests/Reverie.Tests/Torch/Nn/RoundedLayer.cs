using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

/// <summary>
/// What y = f(x·W + b) and its gradients are, and how far off they may be, element by element, in a type of so many
/// bits, in whatever order and by whatever instructions they are summed. The arithmetic allowed is this: factors are rounded
/// to the type (here too, before the exact numbers are taken); products and sums are float32, whose roundings add up to
/// at most 2⁻²⁴ of Σ|a||b| for each term; the sum may be rounded to the type once before the bias and once before the
/// activation, and the bias itself; the result is rounded to the type, and so is each gradient; where no more than four
/// pixels come out, so is what each of them gives to the input's gradient. ReLU's gradient may go either way only where
/// the sum is nearer to 0 than it can be off. SiLU is libtorch's, which rounds after each of its steps.
/// </summary>
/// <param name="product">Bilinear in x and W, in any float type.</param>
/// <param name="activation">Name of f.</param>
/// <param name="type">BFloat16, or Float32.</param>
internal sealed class RoundedLayer(Func<Tensor, Tensor, Tensor> product, string activation, DType type)
{
    private const double OfSums = 1.0 / (1 << 24);
    private const double Slack = 1.02;                          // terms of second order
    private const double OfFunctions = 16 * OfSums;             // exponentials in float32, near 1

    private readonly double unit = type == DType.BFloat16 ? 1.0 / 256 : OfSums;

    /// <summary>A number for each element, and how far a right one may be from it.</summary>
    private sealed record Bounded(Tensor Exact, Tensor Off, bool Independent);

    /// <summary>What is wrong with a layer's result or with a gradient of it, or null.</summary>
    public string? Fault(Func<Tensor, Tensor> layer, Tensor x, Tensor weight, Tensor? bias, Generator random)
    {
        using var scope = new TensorScope();
        var y = Exact(x, weight, bias, out var sum);
        var outgoing = Tensor.Randn(y.Exact.Shape, random).To(type).To(DType.Float32);
        Tensor[] inputs = bias is null ? [x, weight] : [x, weight, bias];
        foreach (var input in inputs) input.SetRequiresGrad(true);
        Tensor?[] gradients;
        Tensor found;
        using (var autocast = new Autocast(type))
        {
            found = layer(x).To(DType.Float32);
            gradients = Reverie.Torch.Torch.Grad((found * outgoing).Sum(), inputs);
        }
        string[] names = ["the result", "the gradient of the input", "of the weight", "of the bias"];
        Bounded[] right = [y, .. ExactGradients(x, weight, sum, y, outgoing.To(DType.Float64))];
        Tensor?[] all = [found.Detach(), .. gradients];
        return all.Select((one, i) => Compare(names[i], right[i], one!)).FirstOrDefault(fault => fault is not null);
    }

    private Tensor Rounded(Tensor t) => t.Detach().To(type).To(DType.Float64);

    private Bounded Exact(Tensor x, Tensor weight, Tensor? bias, out Bounded sum)
    {
        var (a, w) = (Rounded(x), Rounded(weight));
        var products = product(a, w);
        var (exact, size) = (products, product(a.Abs(), w.Abs()));
        var terms = product(OnesLike(a), OnesLike(w));
        var off = size * (terms + 1) * OfSums + products.Abs() * unit;
        if (bias is not null)
        {
            var b = bias.Detach().To(DType.Float64);
            if (products.Dim == 4) b = b.Reshape(1, -1, 1, 1);
            exact = products + b;
            off += (b - Rounded(b)).Abs() + b.Abs() * OfSums;
            off += exact.Abs() * (activation == "none" ? 0 : unit);
        }
        sum = new(exact, off * Slack, true);
        var y = Activation.ByName(activation).Of(exact);
        var above = (Activation.ByName(activation).Of(exact + sum.Off) - y).Abs();
        var below = (Activation.ByName(activation).Of(exact - sum.Off) - y).Abs();
        // The square is for SiLU, which may turn in between.
        var through = above.Maximum(below) + sum.Off.Square() + (IsSmooth ? OfFunctions : 0);
        if (activation == "silu") through += y.Abs() * (2 * unit);
        return new(y, (through + (y.Abs() + through) * unit) * Slack, true);
    }

    private bool IsSmooth => activation is not ("none" or "relu");

    private Bounded[] ExactGradients(Tensor x, Tensor weight, Bounded sum, Bounded y, Tensor outgoing)
    {
        var (a, w) = (Rounded(x).SetRequiresGrad(true), Rounded(weight).SetRequiresGrad(true));
        var at = sum.Exact.Detach().SetRequiresGrad(true);
        var slope = Reverie.Torch.Torch.Grad((Activation.ByName(activation).Of(at)).Sum(), [at])[0]!;
        var slopeOff = activation switch
        {
            "relu" => sum.Exact.Abs().Le(sum.Off).To(DType.Float64),
            "elu" => y.Off,
            "tanh" => y.Exact.Abs() * y.Off * 2 + y.Off.Square(),
            "sigmoid" => (y.Exact * 2 - 1).Abs() * y.Off + y.Off.Square(),
            "silu" => sum.Off * 0.5 + (sum.Exact.Abs() * 5 + 8) * sum.Exact.Sigmoid() * unit,
            _ => Tensor.Zeros(slope.Shape, DType.Float64),
        };
        var masked = outgoing * slope;
        var off = outgoing.Abs() * slopeOff;
        if (IsSmooth) off = (off + (masked.Abs() + off) * unit + outgoing.Abs() * OfFunctions) * Slack;

        var exact = Through(a, w, masked);
        var (aSize, wSize) = (a.Detach().Abs().SetRequiresGrad(true), w.Detach().Abs().SetRequiresGrad(true));
        var carried = Through(aSize, wSize, off);
        var size = Through(aSize, wSize, masked.Abs() + off);
        var terms = Through(OnesLike(a).SetRequiresGrad(true), OnesLike(w).SetRequiresGrad(true), OnesLike(masked));
        var (toBias, offToBias) = (PerChannel(masked), PerChannel(off));
        var ofBias = toBias.Sum(-1);
        var rounded = Array.ConvertAll(exact, one => one.Abs());
        if (masked.Dim == 4 && masked.Shape[2] * masked.Shape[3] <= 4) rounded[0] += OfPixels(a, w, masked);
        return
        [
            .. Enumerable.Range(0, 2).Select(i => new Bounded(exact[i],
                (carried[i] + size[i] * (terms[i] + 1) * OfSums + rounded[i] * unit) * Slack, activation == "none")),
            new(ofBias, (offToBias.Sum(-1) + toBias.Abs().Sum(-1) * ((toBias.Shape[1] + 1) * OfSums)
                + ofBias.Abs() * unit) * Slack, false),
        ];
    }

    // Σ of what arrives at the results over what each factor took part in.
    private Tensor[] Through(Tensor a, Tensor w, Tensor outgoing) =>
        [.. Reverie.Torch.Torch.Grad((product(a, w) * outgoing).Sum(), [a, w]).Select(gradient => gradient!)];

    // Sizes of what each pixel gives to the input's gradient, added up.
    private Tensor OfPixels(Tensor a, Tensor w, Tensor outgoing)
    {
        var sizes = Tensor.Zeros(a.Shape, DType.Float64);
        var pixels = outgoing.Shape[2] * outgoing.Shape[3];
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            var alone = Tensor.Arange(0, pixels).Eq(pixel).To(DType.Float64).Reshape(1, 1, outgoing.Shape[2], -1);
            sizes = sizes + Through(a, w, outgoing * alone)[0].Abs();
        }
        return sizes;
    }

    private static Tensor PerChannel(Tensor t) => t.Transpose(0, 1).Reshape(t.Shape[1], -1);

    private static Tensor OnesLike(Tensor t) => Tensor.Ones(t.Shape, DType.Float64);

    // Each within its bound; and where errors are rounded apart from each other, they do not all go one way: their sum
    // is within seven deviations of what independent errors of that size come to (Hoeffding: once in 10¹⁰).
    private static string? Compare(string name, Bounded right, Tensor found)
    {
        if (!found.Shape.SequenceEqual(right.Exact.Shape))
            return $"{name} has shape {found.ShapeText}, not {right.Exact.ShapeText}";
        var error = found.Detach().To(DType.Float64) - right.Exact;
        var worst = (error.Abs() / (right.Off + 1e-30)).Flatten();
        var most = worst.Max().Item();
        if (!(most <= 1))
        {
            var at = (long)worst.Argmax(0).Item();
            return $"{name} {found.ShapeText} is off by {most:0.00} of what it may be: element {at} is "
                + $"{found.Flatten()[at].Item():R}, not {right.Exact.Flatten()[at].Item():R}";
        }
        var deviation = Math.Sqrt(right.Off.Square().Sum().Item()) + 1e-30;
        var drift = (error * right.Exact.Sign()).Sum().Abs().Item() / deviation;
        return right.Independent && drift > 7 ? $"{name} {found.ShapeText} drifts by {drift:0.0} deviations" : null;
    }
}
