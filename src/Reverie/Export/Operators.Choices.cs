using System.Runtime.InteropServices;
using Reverie.Torch;

namespace Reverie.Export;

/// <summary>Choices, numbers as choices among bins, and random numbers, which become inputs.</summary>
internal static partial class Operators
{
    private static Dictionary<string, Action<CallWriter>> Choices() => new()
    {
        ["aten::one_hot"] = call => call.Give(call.Add("OneHot", [call.In(), call.Longs(call.Whole(1)), call.Longs(0, 1)],
            Attribute("axis", -1L))),
        ["reverie::one_hot_draw"] = call => call.Give(Draw(call)),
        ["reverie::two_hot_mean"] = call => call.Give(TwoHotMean(call)),
        ["aten::rand.generator"] = call => call.Give(call.Random("uniform", call.Shape)),
        ["aten::randn.generator"] = call => call.Give(call.Random("normal", call.Shape)),
        ["aten::multinomial"] = call => call.Give(Multinomial(call)),
        ["aten::gather"] = call => call.Give(
            call.Add("GatherElements", [call.In(), call.In(2)], Attribute("axis", call.Axis(1)))),
    };

    // The class whose part of the distribution function a uniform number falls into: logits (…, K), uniform (…), unimix.
    private static string Draw(CallWriter call)
    {
        var (dims, classes, unimix) = (call.Shape.Length, call.Shape[^1].Factor, call.Real(2));
        var p = call.Add("Softmax", [call.In()], Attribute("axis", dims - 1L));
        if (unimix > 0) p = call.Add("Add", call.Add("Mul", p, call.Float(1 - unimix)), call.Float(unimix / classes));
        var uniform = call.Reshape(call.In(1), [.. call.Shape[..^1], new(1)]);
        var beyond = Cast(call, call.Add("LessOrEqual", SumsBefore(call, p, dims, classes), uniform), DType.Float32);
        return call.Add("Sub", Pad(call, beyond, [1, 0], dims, 1), Pad(call, beyond, [0, 1], dims, 0));
    }

    // Sums of the probabilities up to each class but the last.
    private static string SumsBefore(CallWriter call, string probabilities, int dims, long classes) => call.Slice(
        call.Add("CumSum", probabilities, Axis0(call, dims - 1)), dims - 1, 0, classes - 1);

    // The number of a class drawn by weights (R, K), as (R, 1). The number uniform below 1 becomes one below the last sum, and
    // stays so when it is rounded: a class without weight, such as a choice that is not allowed, is never drawn.
    private static string Multinomial(CallWriter call)
    {
        if (call.Whole(1) != 1) throw call.Unfit("several draws at once");
        var classes = call.Value(0).Shape[^1].Factor;
        var sums = call.Add("CumSum", call.In(), Axis0(call, 1));
        var uniform = call.Add("Mul", call.Random("uniform", call.Shape), call.Slice(sums, 1, classes - 1, classes));
        var beyond = Cast(call, call.Add("LessOrEqual", call.Slice(sums, 1, 0, classes - 1), uniform), DType.Int64);
        return call.Add("ReduceSum", [beyond, call.Longs(1)], Attribute("keepdims", 1L));
    }

    // Σ p·bin, every bin together with its mirror image: logits (…, K), bins (K).
    private static string TwoHotMean(CallWriter call)
    {
        var shape = call.Value(0).Shape;
        var (axis, half) = (shape.Length - 1L, shape[^1].Factor / 2);
        var all = MemoryMarshal.Cast<byte, float>(call.Value(1).Traced.Elements()).ToArray();
        // Probability of a bin less that of its mirror image, as a product: reversed slices differ among programs.
        var p = call.Add("Softmax", [call.In()], Attribute("axis", axis));
        var order = new long[half];
        for (var i = 0; i < half; i++) order[i] = half - 1 - i;
        var mirrored = call.Add("Gather", [call.Slice(p, axis, 0, half), call.Longs(order)], Attribute("axis", axis));
        var difference = call.Add("Sub", call.Slice(p, axis, half + 1, 2 * half + 1), mirrored);
        var bins = all[^(int)half..];
        var weighed = call.Add("Mul", difference,
            call.Constant(DType.Float32, [half], MemoryMarshal.AsBytes(bins.AsSpan()).ToArray()));
        return call.Add("ReduceSum", [weighed, call.Longs(axis)], Attribute("keepdims", 0L));
    }
}
