using Reverie.Torch;

namespace Reverie.Export;

/// <summary>Shapes, places, and tensors of one value.</summary>
internal static partial class Operators
{
    private static Dictionary<string, Action<CallWriter>> Shapes() => new()
    {
        ["aten::reshape"] = Reshape,
        ["aten::flatten.using_ints"] = Reshape,
        ["aten::unsqueeze"] = Reshape,
        ["aten::squeeze.dim"] = Reshape,
        ["aten::permute"] = call => Transpose(call, call.Wholes(1)),
        ["aten::transpose.int"] = call =>
        {
            long[] order = [.. Enumerable.Range(0, call.Shape.Length).Select(i => (long)i)];
            var (a, b) = (call.Axis(1), call.Axis(2));
            (order[a], order[b]) = (b, a);
            Transpose(call, order);
        },
        ["aten::expand"] = call => call.Give(Expand(call)),
        ["aten::narrow"] = call => call.Give(call.Slice(call.In(), call.Axis(1), call.Whole(2), call.Whole(2) + call.Whole(3))),
        ["aten::select.int"] = call => call.Give(call.Reshape(
            call.Slice(call.In(), call.Axis(1), call.Whole(2), call.Whole(2) + 1), call.Shape)),
        ["aten::split.Tensor"] = call => Split(call, call.Axis(2)),
        ["aten::split_with_sizes"] = call => Split(call, call.Axis(2)),
        ["aten::unbind.int"] = call =>
        {
            var axis = call.Axis(1);
            for (var i = 0; i < call.Results.Length; i++)
                call.Give(call.Reshape(call.Slice(call.In(), axis, i, i + 1), call.Results[i].Shape), i);
        },
        ["aten::cat"] = call =>
        {
            var parts = Array.FindAll(call.Values(0), part => !part.IsEmpty);
            var axis = call.Whole(1) < 0 ? call.Whole(1) + call.Shape.Length : call.Whole(1);
            call.Give(Joined(call, [.. parts.Select(call.NameOf)], axis));
        },
        ["aten::stack"] = call =>
        {
            var axis = call.Whole(1) < 0 ? call.Whole(1) + call.Shape.Length : call.Whole(1);
            Dim[] one = [.. call.Shape];
            one[axis] = new(1);
            call.Give(Joined(call, [.. call.Values(0).Select(part => call.Reshape(call.NameOf(part), one))], axis));
        },
        ["aten::constant_pad_nd"] = call => call.Give(Pad(call, call.In(), call.Wholes(1), call.Value(0).Shape.Length,
            call.Has(2) ? call.Real(2) : 0)),
        ["aten::full"] = call => call.Give(Filled(call, call.Real(1))),
        ["aten::zeros_like"] = call => call.Give(Filled(call, 0)),
    };

    private static void Reshape(CallWriter call) => call.Give(call.Reshape(call.In(), call.Shape));

    private static void Transpose(CallWriter call, long[] order)
    {
        for (var i = 0; i < order.Length; i++)
            if (order[i] < 0) order[i] += order.Length;
        call.Give(call.Add("Transpose", [call.In()], Attribute("perm", order)));
    }

    private static string Joined(CallWriter call, string[] parts, long axis) =>
        parts.Length == 1 ? parts[0] : call.Add("Concat", parts, Attribute("axis", axis));

    private static void Split(CallWriter call, long axis)
    {
        long at = 0;
        for (var i = 0; i < call.Results.Length; i++)
        {
            if (call.Results[i].IsEmpty) continue;
            var size = call.Results[i].Shape[axis].Factor;
            call.Give(call.Slice(call.In(), axis, at, at + size), i);
            at += size;
        }
    }

    // Sizes that stay are 1 in the shape that is asked for, so that it need not follow the rows where they do.
    private static string Expand(CallWriter call)
    {
        var (from, to) = (call.Value(0).Shape, call.Shape);
        var added = to.Length - from.Length;
        Dim[] asked = [.. to.Select((size, i) => i >= added && from[i - added] == size ? new Dim(1) : size)];
        return Array.TrueForAll(asked, size => size == new Dim(1)) && added == 0
            ? call.In() : call.Add("Expand", call.In(), call.Sizes(asked));
    }

    // Of pairs from the last dimension on; ONNX wants all beginnings, then all ends.
    private static string Pad(CallWriter call, string name, long[] pairs, int dims, double value)
    {
        var pads = new long[2 * dims];
        for (var i = 0; i < pairs.Length / 2; i++)
            (pads[dims - 1 - i], pads[2 * dims - 1 - i]) = (pairs[2 * i], pairs[2 * i + 1]);
        return call.Add("Pad", name, call.Longs(pads), call.Float(value));
    }

    private static string Filled(CallWriter call, double value) =>
        Cast(call, call.Add("Expand", call.Float(value), call.Sizes(call.Shape)), call.DType);
}
