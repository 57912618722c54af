namespace Reverie.Export.Onnx;

/// <summary>An attribute of a node: a whole number, several of them, or a real one.</summary>
/// <param name="Name">As the operator has it.</param>
/// <param name="Value">long, long[] or float.</param>
internal sealed record OnnxAttribute(string Name, object Value);
