using Reverie.Torch;

namespace Reverie.Export;

/// <summary>Element-wise operators and reductions.</summary>
internal static partial class Operators
{
    private static Dictionary<string, Action<CallWriter>> Elementwise()
    {
        var table = new Dictionary<string, Action<CallWriter>>
        {
            ["aten::add.Scalar"] = call => Scalar(call, "Add"),
            ["aten::sub.Scalar"] = call => Scalar(call, "Sub"),
            ["aten::mul.Scalar"] = call => Scalar(call, "Mul"),
            ["aten::div.Scalar"] = call => Scalar(call, "Div"),
            ["aten::rsub.Scalar"] = call => call.Give(call.Add("Sub", call.Float(call.Real(1)), call.In())),
            ["aten::pow.Tensor_Scalar"] = call => Scalar(call, "Pow"),
            ["aten::square"] = call => call.Give(call.Add("Mul", call.In(), call.In())),
            ["aten::expm1"] = call => call.Give(call.Add("Sub", call.Add("Exp", call.In()), call.Float(1))),
            ["aten::log1p"] = call => call.Give(call.Add("Log", call.Add("Add", call.In(), call.Float(1)))),
            ["aten::rsqrt"] = call => call.Give(call.Add("Reciprocal", call.Add("Sqrt", call.In()))),
            ["aten::silu"] = call => call.Give(Silu(call, call.In())),
            ["aten::elu"] = call => call.Give(Activate(call, call.In(), 2)),
            ["aten::log_sigmoid"] = call =>
                call.Give(call.Add("Neg", call.Add("Softplus", call.Add("Neg", call.In())))),
            ["aten::clamp"] = call => call.Give(call.Add("Clip", call.In(),
                call.Has(1) ? call.Float(call.Real(1)) : "", call.Has(2) ? call.Float(call.Real(2)) : "")),
            ["aten::where.self"] = call => call.Give(call.Add("Where", call.In(), call.In(1), call.In(2))),
            ["aten::to.dtype"] = call => call.Give(Cast(call, call.In(), call.DType)),
        };
        foreach (var (name, op) in new[]
        {
            ("abs", "Abs"), ("cos", "Cos"), ("erf", "Erf"), ("exp", "Exp"), ("floor", "Floor"), ("log", "Log"),
            ("neg", "Neg"), ("reciprocal", "Reciprocal"), ("relu", "Relu"), ("sigmoid", "Sigmoid"), ("sign", "Sign"),
            ("sin", "Sin"), ("softplus", "Softplus"), ("sqrt", "Sqrt"), ("tanh", "Tanh"),
        })
            table[$"aten::{name}"] = call => call.Give(call.Add(op, call.In()));
        foreach (var (name, op) in new[]
        {
            ("add.Tensor", "Add"), ("sub.Tensor", "Sub"), ("mul.Tensor", "Mul"), ("div.Tensor", "Div"), ("maximum", "Max"),
            ("minimum", "Min"), ("eq.Tensor", "Equal"), ("gt.Tensor", "Greater"), ("ge.Tensor", "GreaterOrEqual"),
            ("lt.Tensor", "Less"), ("le.Tensor", "LessOrEqual"),
        })
            table[$"aten::{name}"] = call => call.Give(call.Add(op, call.In(), call.In(1)));
        foreach (var (name, op) in new[]
        {
            ("eq", "Equal"), ("gt", "Greater"), ("ge", "GreaterOrEqual"), ("lt", "Less"), ("le", "LessOrEqual"),
        })
            table[$"aten::{name}.Scalar"] = call => Scalar(call, op);
        foreach (var same in new[] { "detach", "contiguous", "clone" })
            table[$"aten::{same}"] = call => call.Give(call.In());
        return table;
    }

    private static Dictionary<string, Action<CallWriter>> Reductions() => new()
    {
        ["aten::sum.dim_IntList"] = call => call.Give(call.Add("ReduceSum", [call.In(), call.Longs(call.Wholes(1))],
            Attribute("keepdims", call.Whole(2)))),
        ["aten::mean.dim"] = call => Reduce(call, "ReduceMean"),
        ["aten::amax"] = call => Reduce(call, "ReduceMax"),
        ["aten::amin"] = call => Reduce(call, "ReduceMin"),
        ["aten::logsumexp"] = call => call.Give(LogSumExp(call)),
        ["aten::softmax.int"] = call => call.Give(call.Add("Softmax", [call.In()], Attribute("axis", call.Axis(1)))),
        ["aten::log_softmax.int"] = call =>
            call.Give(call.Add("LogSoftmax", [call.In()], Attribute("axis", call.Axis(1)))),
        ["aten::argmax"] = call => call.Give(call.Add("ArgMax", [call.In()], Attribute("axis", call.Axis(1)),
            Attribute("keepdims", call.Whole(2)))),
        ["aten::cumsum"] = call => call.Give(call.Add("CumSum", call.In(), Axis0(call, call.Axis(1)))),
    };

    // Of shape (), as CumSum wants it.
    private static string Axis0(CallWriter call, long axis) => call.Constant(DType.Int64, [], BitConverter.GetBytes(axis));

    private static void Scalar(CallWriter call, string op) => call.Give(call.Add(op, call.In(), call.Float(call.Real(1))));

    private static void Reduce(CallWriter call, string op) => call.Give(call.Add(op, [call.In()],
        Attribute("axes", call.Wholes(1)), Attribute("keepdims", call.Whole(2))));

    // The largest goes out first, or e^x would be infinite.
    private static string LogSumExp(CallWriter call)
    {
        var (axes, keep) = (call.Wholes(1), call.Whole(2));
        var largest = call.Add("ReduceMax", [call.In()], Attribute("axes", axes), Attribute("keepdims", 1L));
        var sum = call.Add("ReduceSum", [call.Add("Exp", call.Add("Sub", call.In(), largest)), call.Longs(axes)],
            Attribute("keepdims", 1L));
        var result = call.Add("Add", call.Add("Log", sum), largest);
        return keep == 1 ? result : call.Add("Squeeze", result, call.Longs(axes));
    }
}
