using Reverie.Torch;

namespace Reverie.Export;

/// <summary>Products, convolutions, norms, gates.</summary>
internal static partial class Operators
{
    private static Dictionary<string, Action<CallWriter>> Layers() => new()
    {
        ["aten::matmul"] = call => call.Give(call.Add("MatMul", call.In(), call.In(1))),
        ["aten::mm"] = call => call.Give(call.Add("MatMul", call.In(), call.In(1))),
        ["aten::bmm"] = call => call.Give(call.Add("MatMul", call.In(), call.In(1))),
        ["aten::baddbmm"] = call => call.Give(call.Add("Add", call.Add("MatMul", call.In(1), call.In(2)), call.In())),
        ["reverie::linear"] = call => call.Give(Linear(call)),
        ["reverie::conv2d"] = call => call.Give(Convolve(call)),
        ["reverie::conv_transpose2d"] = call => call.Give(Deconvolve(call)),
        ["aten::max_pool2d"] = call => call.Give(call.Add("MaxPool", [call.In()],
            Attribute("kernel_shape", call.Wholes(1)), Attribute("strides", call.Wholes(1)))),
        ["aten::upsample_nearest2d"] = call => call.Give(Enlarge(call)),
        ["aten::layer_norm"] = call => call.Give(LayerNorm(call)),
        ["reverie::rms_norm"] = call => call.Give(RmsNorm(call)),
        ["reverie::scale_bytes"] = call => call.Give(ScaleBytes(call)),
        ["reverie::gru_gates"] = call => call.Give(GruGates(call)),
        ["reverie::gru_reset"] = call => call.Give(
            call.Add("Mul", Part(call, call.In(), 0, call.Shape[^1].Factor), call.In(1))),
        ["reverie::gru_blend"] = call => call.Give(
            Blend(call, Part(call, call.In(), 1, call.Shape[^1].Factor), call.In(2), call.In(1))),
        ["reverie::block_gates"] = call => call.Give(BlockGates(call)),
        ["reverie::lstm_gates"] = call => call.Give(LstmGates(call)),
    };

    // x, more of it, weight (out, in), bias, activation.
    private static string Linear(CallWriter call)
    {
        string[] inputs = [.. new[] { 0, 1 }.Where(i => call.Has(i) && !call.Value(i).IsEmpty).Select(call.In)];
        var x = Joined(call, inputs, call.Value(0).Shape.Length - 1);
        // Matrices take one operator; of more dimensions the product is one of matrices in rows.
        var product = call.Shape.Length == 2
            ? call.Add("Gemm", call.Has(3) ? [x, call.In(2), call.In(3)] : [x, call.In(2)], Attribute("transB", 1L))
            : call.Add("MatMul", x, call.Add("Transpose", [call.In(2)], Attribute("perm", [1L, 0L])));
        if (call.Shape.Length != 2 && call.Has(3)) product = call.Add("Add", product, call.In(3));
        return Activate(call, product, call.Whole(4));
    }

    // x, weight, bias, stride, activation, padding.
    private static string Convolve(CallWriter call)
    {
        var (stride, padding, kernel) = (call.Whole(3), call.Whole(5), call.Value(1).Shape);
        var convolved = call.Add("Conv", [call.In(), call.In(1), call.In(2)],
            Attribute("kernel_shape", [kernel[2].Factor, kernel[3].Factor]), Attribute("strides", [stride, stride]),
            Attribute("pads", [padding, padding, padding, padding]));
        return Activate(call, convolved, call.Whole(4));
    }

    // x, weight, bias, stride, activation, padding, more.
    private static string Deconvolve(CallWriter call)
    {
        var (stride, padding, more, kernel) = (call.Whole(3), call.Whole(5), call.Whole(6), call.Value(1).Shape);
        var convolved = call.Add("ConvTranspose", [call.In(), call.In(1), call.In(2)],
            Attribute("kernel_shape", [kernel[2].Factor, kernel[3].Factor]), Attribute("strides", [stride, stride]),
            Attribute("pads", [padding, padding, padding, padding]), Attribute("output_padding", [more, more]));
        return Activate(call, convolved, call.Whole(4));
    }

    // Every pixel so many times: as a dimension of its own that is repeated, since the modes of Resize differ among programs.
    private static string Enlarge(CallWriter call)
    {
        var (from, to) = (call.Value(0).Shape, call.Shape);
        var (down, right) = (to[2].Factor / from[2].Factor, to[3].Factor / from[3].Factor);
        var apart = call.Reshape(call.In(), [from[0], from[1], from[2], new(1), from[3], new(1)]);
        var repeated = call.Add("Expand", apart, call.Longs(1, 1, 1, down, 1, right));
        return call.Reshape(repeated, to);
    }

    // x, sizes, weight, bias, ε; over the last dimension.
    private static string LayerNorm(CallWriter call)
    {
        string Mean(string name) => call.Add("ReduceMean", [name], Attribute("axes", [-1L]), Attribute("keepdims", 1L));
        var centred = call.Add("Sub", call.In(), Mean(call.In()));
        var variance = Mean(call.Add("Mul", centred, centred));
        var y = call.Add("Div", centred, call.Add("Sqrt", call.Add("Add", variance, call.Float(call.Real(4)))));
        if (call.Has(2)) y = call.Add("Mul", y, call.In(2));
        return call.Has(3) ? call.Add("Add", y, call.In(3)) : y;
    }

    // x, scale, ε, SiLU, type.
    private static string RmsNorm(CallWriter call)
    {
        var mean = call.Add("ReduceMean", [call.Add("Mul", call.In(), call.In())],
            Attribute("axes", [-1L]), Attribute("keepdims", 1L));
        var root = call.Add("Sqrt", call.Add("Add", mean, call.Float(call.Real(2))));
        var y = call.Add("Mul", call.Add("Div", call.In(), root), call.In(1));
        return call.Whole(3) == 1 ? Silu(call, y) : y;
    }

    // floor(v / 2^(8 − bits)) / (2^bits − 1) − ½.
    private static string ScaleBytes(CallWriter call)
    {
        var bits = (int)call.Whole(1);
        var level = Cast(call, call.In(), DType.Float32);
        if (bits < 8) level = call.Add("Floor", call.Add("Mul", level, call.Float(1.0 / (1 << (8 - bits)))));
        return call.Add("Sub", call.Add("Mul", level, call.Float(1f / ((1 << bits) - 1))), call.Float(0.5));
    }

    private static string Part(CallWriter call, string name, long index, long size) =>
        call.Slice(name, -1, index * size, (index + 1) * size);

    // c + u⊙(h − c).
    private static string Blend(CallWriter call, string update, string h, string candidate) =>
        call.Add("Add", candidate, call.Add("Mul", update, call.Add("Sub", h, candidate)));

    // Of the input (B, 3D), of the state (B, 3D), h (B, D): reset, update, candidate.
    private static string GruGates(CallWriter call)
    {
        var size = call.Shape[^1].Factor;
        string Of(int argument, int part) => Part(call, call.In(argument), part, size);
        var reset = call.Add("Sigmoid", call.Add("Add", Of(0, 0), Of(1, 0)));
        var update = call.Add("Sigmoid", call.Add("Add", Of(0, 1), Of(1, 1)));
        var candidate = call.Add("Tanh", call.Add("Add", Of(0, 2), call.Add("Mul", reset, Of(1, 2))));
        return Blend(call, update, call.In(2), candidate);
    }

    // Parts (B, g, 3D/g), of each block reset, candidate, update; h (B, D).
    private static string BlockGates(CallWriter call)
    {
        var parts = call.Value(0).Shape;
        var size = parts[2].Factor / 3;
        var h = call.Reshape(call.In(1), [parts[0], parts[1], new(size)]);
        string Of(int part) => Part(call, call.In(), part, size);
        var candidate = call.Add("Tanh", call.Add("Mul", call.Add("Sigmoid", Of(0)), Of(1)));
        var update = call.Add("Sigmoid", call.Add("Sub", Of(2), call.Float(1)));
        return call.Reshape(call.Add("Add", h, call.Add("Mul", update, call.Add("Sub", candidate, h))), call.Shape);
    }

    // Gates (B, 4D) as input, candidate, forget, output; c (B, D) → [h', c'].
    private static string LstmGates(CallWriter call)
    {
        var size = call.Shape[^1].Factor / 2;
        string Of(int part) => Part(call, call.In(), part, size);
        var kept = call.Add("Mul", call.Add("Sigmoid", call.Add("Add", Of(2), call.Float(1))), call.In(1));
        var taken = call.Add("Mul", call.Add("Sigmoid", Of(0)), call.Add("Tanh", Of(1)));
        var memory = call.Add("Add", kept, taken);
        var h = call.Add("Mul", call.Add("Sigmoid", Of(3)), call.Add("Tanh", memory));
        return Joined(call, [h, memory], 1);
    }
}
