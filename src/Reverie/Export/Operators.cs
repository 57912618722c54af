using Reverie.Export.Onnx;
using Reverie.Torch;

namespace Reverie.Export;

/// <summary>What the operators of libtorch, and those of our own, are in ONNX: a table from their names to nodes that compute
/// the same. Only plain operators of the default domain, all of which Unity's Inference Engine takes as well.</summary>
internal static partial class Operators
{
    private static readonly Dictionary<string, Action<CallWriter>> Table =
        new[] { Elementwise(), Reductions(), Shapes(), Layers(), Choices() }.SelectMany(part => part).ToDictionary();

    /// <summary>Puts a call into its graph.</summary>
    /// <exception cref="ReverieException">The table does not have its operator.</exception>
    public static void Write(CallWriter call)
    {
        if (!Table.TryGetValue(call.Operator, out var write))
            throw new ConfigurationException($"the agent's step cannot be exported: it calls {call.Operator}, which has no "
                + "counterpart in the graphs that are written here");
        write(call);
    }

    private static OnnxAttribute Attribute(string name, long value) => new(name, value);

    private static OnnxAttribute Attribute(string name, long[] values) => new(name, values);

    private static OnnxAttribute Attribute(string name, double value) => new(name, (float)value);

    private static string Cast(CallWriter call, string name, DType dtype) =>
        call.Add("Cast", [name], Attribute("to", OnnxFile.CastTo(dtype)));

    // The activations that layers compute in their own pass, by their numbers (Activation.Number).
    private static string Activate(CallWriter call, string name, long number) => number switch
    {
        0 => name,
        1 => call.Add("Relu", name),
        2 => call.Add("Elu", [name], Attribute("alpha", 1.0)),
        3 => call.Add("Tanh", name),
        4 => call.Add("Sigmoid", name),
        _ => throw call.Unfit($"activation {number} is unknown"),
    };

    private static string Silu(CallWriter call, string name) => call.Add("Mul", name, call.Add("Sigmoid", name));
}
